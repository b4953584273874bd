package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Wait;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Abort, and the time after a run. */
final class Ending {
  private static final Set<Phase> RELEASABLE =
      EnumSet.of(Phase.Recovered, Phase.Mitigated, Phase.Exhausted, Phase.Aborted, Phase.Failed);

  private static final Set<Phase> UNDOABLE =
      EnumSet.of(Phase.Recovered, Phase.Mitigated, Phase.Exhausted, Phase.Aborted, Phase.Released);

  private Ending() {}

  static Decision lost(RunSnapshot snapshot) {
    return new Steps(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.ABORTED,
            "The run ends here. What it changed stays changed; its record of that was lost.",
            run -> run.pausedSince(null));
  }

  static Decision aborting(RunSnapshot snapshot) {
    if (Engine.wishes(snapshot, Run.State.Undone) && !snapshot.deleting()) {
      var left = snapshot.withRun(snapshot.run().withLevels(leave(snapshot)));
      return undo(left, snapshot.wish().stateBy() + " asked to put back what was changed.");
    }
    var changed = changes(snapshot);
    var message =
        changed.isEmpty()
            ? "The run was stopped. It had changed nothing."
            : "The run was stopped. What stays changed: " + changed + ".";
    return new Steps(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.ABORTED,
            message + Holds.atTheEnd(snapshot),
            run -> run.levels(leave(snapshot)).action(null));
  }

  private static List<LevelStatus> leave(RunSnapshot snapshot) {
    return snapshot.run().levels().stream()
        .map(
            level ->
                level.startedAt() != null && level.endedAt() == null
                    ? level
                        .with()
                        .outcome(LevelStatus.Outcome.Aborted)
                        .endedAt(snapshot.now())
                        .build()
                    : level)
        .toList();
  }

  private static String changes(RunSnapshot snapshot) {
    return snapshot.run().levels().stream()
        .flatMap(level -> level.actions() == null ? Stream.empty() : level.actions().stream())
        .filter(action -> action.changed() > 0)
        .map(Ending::change)
        .collect(Collectors.joining(", "));
  }

  private static String change(ActionStatus action) {
    return action.name()
        + " ("
        + action.changed()
        + (action.changed() == 1 ? " change)" : " changes)");
  }

  static Decision ended(RunSnapshot snapshot) {
    if (snapshot.deleting()) {
      var nothingHeld = snapshot.holds().isEmpty() && snapshot.found().isEmpty();
      return nothingHeld ? new Wait(null) : withThePlan(snapshot);
    }
    if (heldAgain(snapshot)) {
      // This wish was carried out; then a human wanted it to be held again.
      return Engine.wishes(snapshot, Run.State.Released)
          ? new Wait(null)
          : new Steps(snapshot)
              .stay(
                  snapshot.run().reason(), snapshot.run().message(), run -> run.cleared(List.of()));
    }
    var phase = snapshot.run().phase();
    if (Engine.wishes(snapshot, Run.State.Released)
        && RELEASABLE.contains(phase)
        && !nothingToGiveBack(snapshot)) {
      return new Steps(snapshot)
          .enter(
              Phase.Releasing,
              Reasons.RELEASE_REQUESTED,
              snapshot.wish().stateBy() + " asked to give back what is held.",
              run -> run.measuringSince(snapshot.now()).cleared(List.of()));
    }
    if (Engine.wishes(snapshot, Run.State.Undone) && UNDOABLE.contains(phase)) {
      return undo(snapshot, snapshot.wish().stateBy() + " asked to put back what was changed.");
    }
    return new Wait(null);
  }

  /** The plan goes away: what it holds is given back, whatever else was asked. */
  static Decision withThePlan(RunSnapshot snapshot) {
    return new Steps(snapshot)
        .enter(
            Phase.Releasing,
            Reasons.PLAN_DELETED,
            "The plan is being deleted: what it holds is given back.",
            run -> run.pausedSince(null));
  }

  /** A wish to release that was there before the hold is not one to release it once more. */
  private static boolean heldAgain(RunSnapshot snapshot) {
    return snapshot.run().cleared().contains(Releasing.HELD_AGAIN)
        && !Engine.wishes(snapshot, Run.State.Undone);
  }

  private static Decision undo(RunSnapshot snapshot, String message) {
    return new Steps(snapshot).enter(Phase.Undoing, Reasons.UNDO_REQUESTED, message);
  }

  /** A run that could not begin holds nothing, but an earlier one may. */
  private static boolean nothingToGiveBack(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Failed && snapshot.holds().isEmpty();
  }
}
