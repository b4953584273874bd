package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatusBuilder;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * A run that a human paused: nothing new is begun and no phase changes; what is under way comes to
 * its end. What is waited for begins anew afterwards.
 */
final class Pausing {
  private static final Set<Phase> PAUSABLE =
      EnumSet.of(
          Phase.Pending,
          Phase.Checking,
          Phase.AwaitingApproval,
          Phase.Acting,
          Phase.Verifying,
          Phase.Soaking,
          Phase.AwaitingAnswer);

  private Pausing() {}

  static boolean concerns(RunSnapshot snapshot) {
    return PAUSABLE.contains(snapshot.run().phase())
        && (Engine.wishes(snapshot, Run.State.Paused) || snapshot.run().pausedSince() != null);
  }

  static Decision next(RunSnapshot snapshot) {
    var since = snapshot.run().pausedSince();
    if (since != null && snapshot.wish() == null) {
      // That the wish is gone does not mean that somebody wants the run to go on.
      return new Wait(null);
    }
    if (Engine.wishes(snapshot, Run.State.Paused)) {
      return since == null ? pause(snapshot) : new Wait(null);
    }
    return goOn(snapshot, Duration.between(since, snapshot.now()));
  }

  private static Decision pause(RunSnapshot snapshot) {
    return new Steps(snapshot)
        .stay(
            Reasons.PAUSED,
            snapshot.wish().stateBy()
                + " paused the run in phase "
                + snapshot.run().phase()
                + ". Nothing more is begun until spec.run.state is Running again.",
            run -> run.pausedSince(snapshot.now()));
  }

  private static Decision goOn(RunSnapshot snapshot, Duration paused) {
    var question = snapshot.run().question();
    return new Steps(snapshot)
        .stay(
            Reasons.RESUMED,
            "The run goes on." + (question == null ? "" : " It still asks: " + question.message()),
            run -> anew(snapshot, run.pausedSince(null), paused));
  }

  /** Times that were waited out start from zero; the time for an action was not used. */
  private static RunStatusBuilder anew(
      RunSnapshot snapshot, RunStatusBuilder run, Duration paused) {
    var phase = snapshot.run().phase();
    if (phase == Phase.Acting) {
      if (snapshot.entering()) {
        return run.measuringSince(snapshot.now());
      }
      return snapshot.allActed()
          ? run
          : run.levels(new Steps(snapshot).withAction(action -> later(action, snapshot, paused)));
    }
    return phase == Phase.AwaitingAnswer || phase == Phase.Pending
        ? run
        : run.measuringSince(snapshot.now()).phaseSince(snapshot.now());
  }

  private static ActionStatus later(ActionStatus action, RunSnapshot snapshot, Duration paused) {
    return action
        .with()
        .startedAt(action.startedAt().plus(paused))
        .provingSince(action.provingSince() == null ? null : snapshot.now())
        .build();
  }
}
