package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.Episode;
import dev.backstep.api.v1alpha1.sync.EpisodeBuilder;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.synccontrol.decide.Decision.Advance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what a switch does next: holders are written down first, an episode begins with the wish
 * and ends when everything was given back, and in between each means goes its own way.
 */
public final class Switching {
  private static final String LOST =
      "The status was lost while something was kept off; the episode goes on from what its targets say.";

  private static final Instant ERA = Instant.parse("2020-01-01T00:00:00Z");

  private Switching() {}

  /** What is to be done next. */
  public static Decision decide(SwitchSnapshot snapshot) {
    return Stream.<Function<SwitchSnapshot, Optional<? extends Decision>>>of(
            Switching::holders,
            Switching::begin,
            Switching::turn,
            Sending::decide,
            MeansWork::decide,
            Switching::end)
        .flatMap(rule -> rule.apply(snapshot).stream())
        .findFirst()
        .<Decision>map(decision -> decision)
        .orElseGet(Decision.Wait::new);
  }

  private static Optional<Decision> holders(SwitchSnapshot snapshot) {
    var before = snapshot.status().holders();
    var now = snapshot.holders();
    if (before.equals(now)) {
      return Optional.empty();
    }
    var status = snapshot.status().withHolders(now);
    var come = without(now, before);
    var gone = without(before, now);
    return Optional.of(
        come.isEmpty() && gone.isEmpty()
            ? same(status, now)
            : new Advance(status, null, Reasons.HOLDERS_CHANGED, changed(come, gone, now)));
  }

  /** The same ones hold it, but something else is known of them. */
  private static Advance same(SyncControlStatus status, List<SyncHolder> now) {
    var orphans = now.stream().filter(SyncHolder::isOrphaned).toList();
    return orphans.isEmpty()
        ? new Advance(status, null, Reasons.HOLDERS_CHANGED, left(now))
        : new Advance(
            status,
            null,
            Reasons.HOLD_ORPHANED,
            "Who holds it off changed: of those who would give it back, %s is not there any more."
                .formatted(named(orphans)));
  }

  private static String left(List<SyncHolder> now) {
    return now.isEmpty() ? "Nobody holds it any more." : "%d hold it now.".formatted(now.size());
  }

  private static List<SyncHolder> without(List<SyncHolder> all, List<SyncHolder> others) {
    return all.stream()
        .filter(one -> others.stream().noneMatch(other -> other.id().equals(one.id())))
        .toList();
  }

  private static String changed(
      List<SyncHolder> come, List<SyncHolder> gone, List<SyncHolder> now) {
    return Stream.of(
            said("It is held off by %s.", come), said("It is not held any more by %s.", gone))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" ", "", " " + left(now)));
  }

  private static Optional<String> said(String sentence, List<SyncHolder> holders) {
    return holders.isEmpty() ? Optional.empty() : Optional.of(sentence.formatted(named(holders)));
  }

  private static String named(List<SyncHolder> holders) {
    return holders.stream().map(SyncHolder::holder).collect(Collectors.joining(", "));
  }

  private static Optional<Decision> begin(SwitchSnapshot snapshot) {
    if (snapshot.lost() != null) {
      return Optional.of(
          advance(
              snapshot,
              found(begun(snapshot, snapshot.lost().number()), snapshot.lost().holds()),
              Reasons.STATUS_LOST,
              LOST));
    }
    if (snapshot.episode() != null || !snapshot.off()) {
      return Optional.empty();
    }
    var last = snapshot.status().episode();
    var number = last == null ? 1 : last.number() + 1;
    return Optional.of(
        advance(
            snapshot,
            begun(snapshot, number),
            Reasons.DISABLING,
            "It is switched off by %d means.".formatted(snapshot.names().size())));
  }

  /**
   * What was sent is not known any more. No mark is used twice, so from now on the numbers are
   * higher than anybody counts; and where no target says what was before, nobody will ever know.
   */
  private static Episode found(Episode episode, List<Hold> holds) {
    var beyond = Math.toIntExact(Duration.between(ERA, episode.startedAt()).toSeconds());
    return episode
        .with()
        .lost(true)
        .holds(holds)
        .means(
            episode.means().stream()
                .map(
                    means ->
                        means
                            .with()
                            .done(means.done().withAttempt(beyond))
                            .lost(holds.stream().noneMatch(it -> isOf(it, means)) ? true : null)
                            .build())
                .toList())
        .build();
  }

  private static boolean isOf(Hold hold, MeansStatus means) {
    return hold.action().equals(means.name());
  }

  private static Episode begun(SwitchSnapshot snapshot, int number) {
    return EpisodeBuilder.builder()
        .number(number)
        .claim(snapshot.claims().apply(number))
        .startedAt(snapshot.now())
        .since(snapshot.now())
        .means(
            snapshot.names().stream().map(name -> MeansStatus.begun(name, snapshot.now())).toList())
        .build();
  }

  /** A wish that changed meanwhile turns the episode round, and does not begin another one. */
  private static Optional<Decision> turn(SwitchSnapshot snapshot) {
    var episode = snapshot.episode();
    if (episode == null || episode.isEnabling() != snapshot.off()) {
      return Optional.empty();
    }
    var now = snapshot.now();
    var turned =
        episode
            .with()
            .enabling(snapshot.off() ? null : true)
            .since(now)
            .means(
                episode.means().stream()
                    .map(
                        means ->
                            means
                                .with()
                                .standing(snapshot.off() ? Standing.TurningOff : Standing.TurningOn)
                                .since(now)
                                .done(snapshot.off() ? again(means, snapshot) : means.done())
                                .build())
                    .toList())
            .build();
    return Optional.of(
        snapshot.off()
            ? advance(snapshot, turned, Reasons.DISABLING, "It is switched off again.")
            : advance(
                snapshot,
                turned,
                Reasons.ENABLING,
                "Nobody wants it off any more: it is given back."));
  }

  private static ActionStatus again(MeansStatus means, SwitchSnapshot snapshot) {
    return means
        .done()
        .with()
        .attempt(means.done().attempt() + 1)
        .attemptAt(snapshot.now())
        .build();
  }

  private static Optional<Decision> end(SwitchSnapshot snapshot) {
    var episode = snapshot.episode();
    if (episode == null
        || !episode.isEnabling()
        || !episode.means().stream().allMatch(means -> means.standing() == Standing.On)) {
      return Optional.empty();
    }
    return Optional.of(
        advance(
            snapshot,
            episode.withEndedAt(snapshot.now()),
            Reasons.ENABLED,
            "Everything was given back; it had been kept off since %s."
                .formatted(episode.startedAt())));
  }

  private static Advance advance(
      SwitchSnapshot snapshot, Episode episode, String reason, String message) {
    return new Advance(snapshot.status().withEpisode(episode), null, reason, message);
  }
}
