package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
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
          Phase.AwaitingAnswer,
          Phase.Releasing,
          Phase.Undoing);

  private Pausing() {}

  static boolean concerns(RunSnapshot snapshot) {
    return PAUSABLE.contains(snapshot.run().phase())
        && !snapshot.deleting()
        && (Engine.wishes(snapshot, Run.State.Paused) || snapshot.run().pausedSince() != null);
  }

  static Decision next(RunSnapshot snapshot) {
    var since = snapshot.run().pausedSince();
    if (since == null) {
      return pause(snapshot);
    }
    return goesOn(snapshot)
        ? goOn(snapshot, Duration.between(since, snapshot.now()))
        : new Wait(null);
  }

  /**
   * Only Running means that somebody wants the run to go on: not that the wish is gone, and not
   * Released, which means nothing before the end. What ends already goes on with any other wish.
   */
  private static boolean goesOn(RunSnapshot snapshot) {
    return Engine.wishes(snapshot, Run.State.Running)
        || Engine.ending(snapshot)
            && snapshot.wish() != null
            && !Engine.wishes(snapshot, Run.State.Paused);
  }

  private static Decision pause(RunSnapshot snapshot) {
    var message =
        "%s paused the run in phase %s. Nothing more is begun until spec.run.state is Running again.";
    return new Moves(snapshot)
        .stay(
            Reasons.PAUSED,
            message.formatted(snapshot.wish().stateBy(), snapshot.run().phase()),
            run -> run.pausedSince(snapshot.now()));
  }

  private static Decision goOn(RunSnapshot snapshot, Duration paused) {
    return new Moves(snapshot)
        .stay(
            Reasons.RESUMED,
            "The run goes on.%s".formatted(stillWanted(snapshot)),
            run -> anew(snapshot, run.pausedSince(null), paused));
  }

  /** What a human was asked for before the pause. */
  private static String stillWanted(RunSnapshot snapshot) {
    return switch (snapshot.run().phase()) {
      case AwaitingAnswer -> " It still asks: %s".formatted(snapshot.run().question().message());
      case AwaitingApproval -> " " + Approving.wanted(snapshot, snapshot.run().approval());
      default -> "";
    };
  }

  /** Times that were waited out start from zero; the time for an action was not used. */
  private static RunStatusBuilder anew(
      RunSnapshot snapshot, RunStatusBuilder run, Duration paused) {
    return switch (snapshot.run().phase()) {
      case AwaitingAnswer, Pending -> run;
      case Acting -> acting(snapshot, run, paused);
      default ->
          run.measuringSince(snapshot.now()).phaseSince(snapshot.now()).asking(asking(snapshot));
    };
  }

  private static RunStatusBuilder acting(
      RunSnapshot snapshot, RunStatusBuilder run, Duration paused) {
    run.approval(Permission.interrupted(snapshot, false));
    if (snapshot.entering() || snapshot.allActed()) {
      return run.measuringSince(snapshot.now());
    }
    var moves = new Moves(snapshot);
    return moves.begun()
        ? run.measuringSince(snapshot.now())
            .asking(asking(snapshot))
            .levels(moves.withAction(action -> later(action, snapshot, paused)))
        : run;
  }

  /** A gate that is measured once and was not answered yet is asked again, with all its time. */
  private static String asking(RunSnapshot snapshot) {
    var asking = snapshot.run().asking();
    var open =
        asking != null
            && snapshot.judges().named(List.of(asking)).stream()
                .noneMatch(gate -> snapshot.streak(gate).measured());
    return open ? null : asking;
  }

  private static ActionStatus later(ActionStatus action, RunSnapshot snapshot, Duration paused) {
    return action
        .with()
        .startedAt(action.startedAt().plus(paused))
        .provingSince(action.provingSince() == null ? null : snapshot.now())
        .build();
  }
}
