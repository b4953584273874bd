package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Advance;
import java.util.List;
import java.util.function.UnaryOperator;

/** How an action ends, and what follows: the next one, the level's gates, or a question. */
final class ActionEnd {
  private ActionEnd() {}

  /** The action has ended; what follows was not written yet. */
  static Decision ended(RunSnapshot snapshot, ActionStatus action) {
    var moves = new Moves(snapshot);
    var why = "Action %s: %s".formatted(action.name(), action.message());
    return switch (action.outcome()) {
      case Failed, NotObserved, Contested -> stopped(snapshot, action);
      case Unknown -> moves.ask(Ask.OUTCOME_UNKNOWN, action.name(), why);
      case Succeeded, Skipped, Previewed -> after(snapshot, snapshot.run().levels(), why);
    };
  }

  /** Nobody is asked, and nothing else is done, while something goes on that was to end. */
  private static Decision stopped(RunSnapshot snapshot, ActionStatus action) {
    return Stopping.then(snapshot, action.endedAt(), it -> notWell(snapshot, action, it));
  }

  private static Decision notWell(RunSnapshot snapshot, ActionStatus action, String notStopped) {
    var name = "Action %s".formatted(action.name());
    var why = action.message() + notStopped;
    return switch (action.outcome()) {
      case Contested -> new Moves(snapshot).ask(Ask.CONTESTED, action.name(), name + ": " + why);
      case NotObserved ->
          Looking.unhealthy(
              snapshot,
              Ask.EFFECT_NOT_OBSERVED,
              "%s was done but did not take effect: %s".formatted(name, why));
      default -> failed(snapshot, why);
    };
  }

  /** The effect is there; the action's own gates may still have to say so. */
  static Decision observed(RunSnapshot snapshot, String message) {
    if (snapshot.action().verify() == null || snapshot.run().mode() == Run.Mode.Drill) {
      return succeeded(snapshot, message);
    }
    return new Moves(snapshot)
        .action(
            Reasons.PROVING,
            "Action %s: %s Its own gates are measured."
                .formatted(snapshot.action().name(), message),
            action -> action.withProvingSince(snapshot.now()),
            run -> run.measuringSince(snapshot.now()));
  }

  static Decision succeeded(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var levels = moves.withAction(action -> moves.ended(action, Outcome.Succeeded, message));
    return after(snapshot, levels, "Action %s: %s".formatted(snapshot.action().name(), message));
  }

  /** What follows an action that has ended well, or was left out. */
  static Advance after(RunSnapshot snapshot, List<LevelStatus> levels, String message) {
    if (Preparing.isUnderWay(snapshot)) {
      return Preparing.without(snapshot, levels, message);
    }
    var moves = new Moves(snapshot);
    Level level = snapshot.level();
    var next = snapshot.actionIndex() + 1;
    if (next < level.actions().size()) {
      return moves.stay(Reasons.ACTION_SUCCEEDED, message, run -> run.levels(levels).action(next));
    }
    if (!Holds.putBackNow(snapshot).isEmpty()) {
      return moves.stay(
          Reasons.ACTION_SUCCEEDED,
          "%s What was held only for this level is put back.".formatted(message),
          run -> run.levels(levels).action(next));
    }
    return acted(snapshot.withRun(snapshot.run().withLevels(levels)), message);
  }

  /** The level has acted: its gates are next; in a drill the next level. */
  static Advance acted(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    if (snapshot.run().mode() == Run.Mode.Drill) {
      return moves.climb().nextLevel(LevelStatus.Outcome.Previewed, message, true);
    }
    return moves.enter(
        Phase.Verifying,
        Reasons.LEVEL_ACTED,
        "%s Level %s has acted; the gates have to become healthy."
            .formatted(message, snapshot.level().name()),
        run -> run.measuringSince(snapshot.now()));
  }

  static Decision fail(RunSnapshot snapshot, String message) {
    return end(snapshot, Outcome.Failed, Reasons.ACTION_FAILED, message);
  }

  static Decision end(RunSnapshot snapshot, Outcome outcome, String reason, String message) {
    var moves = new Moves(snapshot);
    return moves.action(
        reason,
        "Action %s: %s".formatted(snapshot.action().name(), message),
        action -> moves.ended(action, outcome, message),
        UnaryOperator.identity());
  }

  private static Decision failed(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var why = "Action %s failed: %s".formatted(snapshot.action().name(), message);
    if (snapshot.level().onActionFailure() == Level.Next.NextLevel) {
      return moves.climb().nextLevel(LevelStatus.Outcome.ActionFailed, why);
    }
    return moves.ask(Ask.ACTION_FAILED, snapshot.action().name(), why + stillStopped(snapshot));
  }

  /** What was to be put back after the level's last action stays stopped. */
  private static String stillStopped(RunSnapshot snapshot) {
    var stopped = Holds.putBackNow(snapshot);
    return stopped.isEmpty() ? "" : " " + Holds.stillOff(stopped);
  }

  static Decision notObserved(RunSnapshot snapshot, String message) {
    return end(snapshot, Outcome.NotObserved, Reasons.EFFECT_NOT_OBSERVED, message);
  }
}
