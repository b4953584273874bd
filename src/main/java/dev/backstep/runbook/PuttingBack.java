package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/** Gives back what was held: after a level has acted, on release, on undo. */
final class PuttingBack {
  /** A level that cannot put back what it held for itself goes on to its gates, which say so. */
  static final String FAILED = "PutBackFailed";

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private PuttingBack() {}

  /** Holds that were taken only for the level, last first, before its gates are measured. */
  static Decision next(RunSnapshot snapshot) {
    var cannot =
        snapshot.run().cleared().contains(FAILED)
            || snapshot.work() instanceof Work.Impossible
            || !snapshot.now().isBefore(limit(snapshot));
    if (snapshot.putBackNow().isEmpty() || cannot) {
      return Acting.acted(
          snapshot,
          snapshot.putBackNow().isEmpty()
              ? "What was held for the level is put back."
              : "Not put back: " + Holds.stillOff(snapshot.putBackNow()));
    }
    return snapshot.work() instanceof Work.ToDo todo
        ? effect(snapshot, Intent.Verb.Release, "Release", todo)
        : new Wait(limit(snapshot));
  }

  /** Counted from the end of the actions, or of a pause after that. */
  private static Instant limit(RunSnapshot snapshot) {
    return Stream.concat(
            snapshot.levelStatus().actions().stream().map(ActionStatus::endedAt),
            Stream.ofNullable(snapshot.run().measuringSince()))
        .max(Instant::compareTo)
        .orElseThrow()
        .plus(LIMIT);
  }

  /**
   * The effect that gives something back.
   *
   * @param name part of the mark; no action of a plan can be called so
   */
  static Act effect(RunSnapshot snapshot, Intent.Verb verb, String name, Work.ToDo todo) {
    var effect = snapshot.run().seq().intValue() + 1;
    var intent = Intents.next(snapshot, verb, name, effect, todo);
    var next =
        new Steps(snapshot)
            .stay(Reasons.EFFECT_INTENDED, todo.message(), run -> run.intent(intent));
    return new Act(next.run(), null);
  }
}
