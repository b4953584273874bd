package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.effect.Mark;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Effects of which it could not be found out in time how they ended. They are unknown then, and the
 * run goes on to ask; who wants them again has them closed first.
 */
final class Undecided {
  /** A run that is to stop does so, even where nobody answers. */
  private static final Duration STOPPING = Duration.ofSeconds(60);

  private Undecided() {}

  /** True when it was tried for long enough to find out how an open intent ended. */
  static boolean givenUp(RunSnapshot snapshot) {
    return !snapshot.now().isBefore(limit(snapshot));
  }

  private static Instant limit(RunSnapshot snapshot) {
    var run = snapshot.run();
    if (run.phase() == Phase.Aborting) {
      return run.phaseSince().plus(STOPPING);
    }
    var intent = run.intent();
    return begun(snapshot, intent).plus(timeout(snapshot, intent.action()));
  }

  /** Until its time limit an effect may be sent; one that is closed once more is not. */
  private static Instant begun(RunSnapshot snapshot, Intent intent) {
    var again = snapshot.run().phaseSince();
    return again.isAfter(intent.notAfter()) ? again : intent.notAfter();
  }

  private static Duration timeout(RunSnapshot snapshot, String action) {
    return snapshot
        .plan()
        .allActions()
        .filter(defined -> defined.name().equals(action))
        .findFirst()
        .map(Action::timeout)
        .map(Durations::of)
        .orElse(STOPPING);
  }

  /** What is to be closed before it is done again: the same intents, whose time is over. */
  static Stream<Intent> intents(RunStatus run, ActionStatus action, Predicate<EffectStatus> which) {
    return action.sent().stream()
        .filter(effect -> effect.undecided() && which.test(effect))
        .map(effect -> opened(effect, action.name(), run));
  }

  private static Intent opened(EffectStatus effect, String action, RunStatus run) {
    return IntentBuilder.builder()
        .verb(effect.verb())
        .seq(run.seq() + 1)
        .action(action)
        .effect(effect.number())
        .mark(Mark.first(run.claim(), action, effect.verb(), effect.number()).prefix())
        .images(effect.images())
        .targets(effect.targets())
        .again(effect.again())
        .notAfter(effect.endedAt())
        .build();
  }
}
