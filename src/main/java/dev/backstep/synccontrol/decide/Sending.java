package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.effect.EffectRecords;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.Report;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.synccontrol.decide.Decision.Close;
import java.util.Optional;
import java.util.stream.Stream;

/** What happens to the intents of means: they are awaited, closed, or their outcome recorded. */
final class Sending {
  private Sending() {}

  static Optional<Decision> decide(SwitchSnapshot snapshot) {
    return Stream.ofNullable(snapshot.episode())
        .flatMap(episode -> episode.means().stream())
        .filter(means -> means.intent() != null)
        .flatMap(means -> one(means, snapshot).stream())
        .findFirst();
  }

  private static Optional<Decision> one(MeansStatus means, SwitchSnapshot snapshot) {
    var progress = snapshot.progress(means);
    if (progress instanceof Report report) {
      return Optional.of(recorded(means, report, snapshot));
    }
    if (progress instanceof Progress.InFlight) {
      return Optional.empty();
    }
    if (progress instanceof Progress.NotKnown notKnown && givenUp(means.intent(), snapshot)) {
      return Optional.of(recorded(means, notKnown.soFar(), snapshot));
    }
    return Optional.of(
        new Close(means.name(), means.intent(), applies(means.intent()) == snapshot.off()));
  }

  private static boolean applies(Intent intent) {
    return intent.verb() == Intent.Verb.Apply;
  }

  /** What could not be found out for as long as the means has is not waited for any longer. */
  private static boolean givenUp(Intent intent, SwitchSnapshot snapshot) {
    return snapshot.now().isAfter(intent.notAfter().plus(snapshot.timeout()));
  }

  private static Decision recorded(MeansStatus means, Report report, SwitchSnapshot snapshot) {
    var problem = EffectRecords.problem(report);
    var message = problem.orElseGet(() -> EffectRecords.said(report));
    var standing = problem.isPresent() ? Standing.Failed : means.standing();
    var changed =
        means
            .with()
            .done(EffectRecords.with(means.done(), means.intent(), snapshot.now(), report))
            .intent(null)
            .standing(standing)
            .since(standing == means.standing() ? means.since() : snapshot.now())
            .message(message)
            .build();
    var episode =
        snapshot
            .episode()
            .with(means.name(), it -> changed)
            .withHolds(EffectRecords.holds(snapshot.episode().holds(), report));
    return new Advance(
        snapshot.status().withEpisode(episode),
        means.name(),
        problem.isPresent() ? Reasons.ACTION_FAILED : Reasons.EFFECT_APPLIED,
        message);
  }
}
