package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Abort, and the time after a run. */
final class Ending {
  private static final Set<Phase> RELEASABLE =
      EnumSet.of(Phase.Recovered, Phase.Mitigated, Phase.Exhausted, Phase.Aborted, Phase.Failed);

  private static final Set<Phase> UNDOABLE =
      EnumSet.of(Phase.Recovered, Phase.Mitigated, Phase.Exhausted, Phase.Aborted, Phase.Released);

  private static final Set<ActionStatus.Outcome> FAILED =
      EnumSet.of(
          ActionStatus.Outcome.Failed,
          ActionStatus.Outcome.Unknown,
          ActionStatus.Outcome.Contested,
          ActionStatus.Outcome.NotObserved);

  private Ending() {}

  static Decision lost(RunSnapshot snapshot) {
    return new Moves(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.ABORTED,
            "The run ends here. What it changed stays changed; its record of that was lost.",
            run -> run.pausedSince(null));
  }

  static Decision aborting(RunSnapshot snapshot) {
    return Stopping.mayGoOn(snapshot)
        ? Stopping.then(snapshot, snapshot.run().phaseSince(), it -> stopped(snapshot, it))
        : stopped(snapshot, "");
  }

  private static Decision stopped(RunSnapshot snapshot, String notStopped) {
    if (Engine.wishes(snapshot, Run.State.Undone) && !snapshot.deleting()) {
      return undo(
          snapshot.withRun(snapshot.run().withLevels(leave(snapshot))),
          "%s asked to put back what was changed.%s"
              .formatted(snapshot.wish().stateBy(), notStopped));
    }
    return aborted(snapshot, notStopped);
  }

  private static Decision aborted(RunSnapshot snapshot, String notStopped) {
    var message = "The run was stopped. %s%s".formatted(leftBehind(snapshot), notStopped);
    return new Moves(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.ABORTED,
            message + Preparing.unused(snapshot) + Holds.atTheEnd(snapshot),
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

  /** What stays as the run left it, and what nobody knows. */
  private static String leftBehind(RunSnapshot snapshot) {
    var changed = actions(snapshot, Ending::changed, Ending::change, ", ");
    var failed = actions(snapshot, action -> failed(action), Ending::failure, " ");
    var unknown = actions(snapshot, action -> unknown(action) > 0, Ending::perhaps, ", ");
    var said = new ArrayList<String>();
    if (!changed.isEmpty()) {
      said.add("What stays changed: %s.".formatted(changed));
    } else if (unknown.isEmpty()) {
      said.add("It had changed nothing.");
    }
    if (!unknown.isEmpty()) {
      said.add("What may have changed: %s.".formatted(unknown));
    }
    if (!failed.isEmpty()) {
      said.add("What did not come to a good end: %s".formatted(failed));
    }
    return String.join(" ", said);
  }

  private static String actions(
      RunSnapshot snapshot,
      Predicate<ActionStatus> which,
      Function<ActionStatus, String> said,
      String between) {
    return snapshot.run().actions().filter(which).map(said).collect(Collectors.joining(between));
  }

  private static boolean changed(ActionStatus action) {
    return action.changed() > 0 && !Preparing.isUnused(action);
  }

  private static boolean failed(ActionStatus action) {
    return action.outcome() != null && FAILED.contains(action.outcome());
  }

  private static int unknown(ActionStatus action) {
    return action.applied().stream().mapToInt(effect -> effect.count(How.Unknown)).sum();
  }

  private static String perhaps(ActionStatus action) {
    var targets =
        action.applied().stream()
            .flatMap(effect -> effect.results().stream())
            .filter(result -> result.how() == How.Unknown && result.target() != null)
            .map(EffectResult::target)
            .distinct()
            .collect(Collectors.joining(", "));
    return targets.isEmpty() ? action.name() : "%s (%s)".formatted(targets, action.name());
  }

  private static String change(ActionStatus action) {
    return "%s (%d %s)"
        .formatted(action.name(), action.changed(), action.changed() == 1 ? "change" : "changes");
  }

  private static String failure(ActionStatus action) {
    return "%s (%s): %s".formatted(action.name(), action.outcome(), Sentences.of(action.message()));
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
          : new Moves(snapshot)
              .stay(snapshot.run().reason(), snapshot.run().message(), run -> run.heldAgain(null));
    }
    var phase = snapshot.run().phase();
    if (Engine.wishes(snapshot, Run.State.Released)
        && RELEASABLE.contains(phase)
        && !nothingToGiveBack(snapshot)) {
      return new Moves(snapshot)
          .enter(
              Phase.Releasing,
              Reasons.RELEASE_REQUESTED,
              "%s asked to give back what is held.".formatted(snapshot.wish().stateBy()),
              run -> run.measuringSince(snapshot.now()).agreed(List.of()).givenBackAt(null));
    }
    if (Engine.wishes(snapshot, Run.State.Undone) && UNDOABLE.contains(phase)) {
      return undo(
          snapshot, "%s asked to put back what was changed.".formatted(snapshot.wish().stateBy()));
    }
    return new Wait(null);
  }

  /** The plan goes away: what it holds is given back, whatever else was asked. */
  static Decision withThePlan(RunSnapshot snapshot) {
    return new Moves(snapshot)
        .enter(
            Phase.Releasing,
            Reasons.PLAN_DELETED,
            "The plan is being deleted: what it holds is given back.",
            run -> run.pausedSince(null));
  }

  /** A wish to release that is older than the hold is not a wish to release it once more. */
  private static boolean heldAgain(RunSnapshot snapshot) {
    return Boolean.TRUE.equals(snapshot.run().heldAgain())
        && !Engine.wishes(snapshot, Run.State.Undone);
  }

  private static Decision undo(RunSnapshot snapshot, String message) {
    return new Moves(snapshot).enter(Phase.Undoing, Reasons.UNDO_REQUESTED, message);
  }

  /** A run that could not begin holds nothing, but an earlier one may. */
  private static boolean nothingToGiveBack(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Failed && snapshot.holds().isEmpty();
  }
}
