package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Advance;

/**
 * An action of which nobody knows whether it was done is left: what was sent for it is closed, so
 * that it can never happen any more, and what it may have going on is ended. Then the run goes on.
 */
final class Leaving {
  private Leaving() {}

  static Advance begin(RunSnapshot snapshot, Choice choice) {
    return new Moves(snapshot)
        .enter(
            Phase.Acting,
            Reasons.ANSWERED,
            "What action %s may have going on is ended first.".formatted(snapshot.action().name()),
            run -> run.leaving(choice).intent(DoneAgain.undecided(snapshot)));
  }

  static Decision next(RunSnapshot snapshot) {
    return Stopping.then(snapshot, snapshot.run().phaseSince(), it -> leave(snapshot, it));
  }

  private static Advance leave(RunSnapshot snapshot, String notStopped) {
    var climb = new Moves(snapshot.withRun(snapshot.run().withLeaving(null))).climb();
    return snapshot.run().leaving() == Choice.NextLevel
        ? climb.nextLevel(Ask.OUTCOME_UNKNOWN.leaving(), notStopped.strip())
        : climb.accept(notStopped);
  }
}
