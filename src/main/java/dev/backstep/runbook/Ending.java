package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Abort, release, and the time after a run. */
final class Ending {
  /** The action name of a release's effects: no action of a plan can be called so. */
  private static final String RELEASE = "Release";

  private static final Duration RELEASE_LIMIT = Duration.ofMinutes(10);
  private static final Duration SEND_LIMIT = Duration.ofMinutes(2);

  private Ending() {}

  static Decision lost(RunSnapshot snapshot) {
    return new Steps(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.ABORTED,
            "The run ends here. What it changed stays changed; its record of that was lost.");
  }

  static Decision aborting(RunSnapshot snapshot) {
    var changed = changes(snapshot);
    var message =
        changed.isEmpty()
            ? "The run was stopped. It had changed nothing."
            : "The run was stopped. What stays changed: " + changed + ".";
    return new Steps(snapshot)
        .enter(
            Phase.Aborted,
            snapshot.run().reason(),
            snapshot.holds().isEmpty() ? message : message + " " + Holds.stillOff(snapshot.holds()),
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
    var wanted =
        snapshot.deleting()
            ? !snapshot.holds().isEmpty()
            : Engine.wishes(snapshot, Run.State.Released) && !nothingToGiveBack(snapshot);
    if (!wanted) {
      return new Wait(null);
    }
    return new Steps(snapshot)
        .enter(
            Phase.Releasing,
            snapshot.deleting() ? Reasons.PLAN_DELETED : Reasons.RELEASE_REQUESTED,
            snapshot.deleting()
                ? "The plan is being deleted: what it holds is given back."
                : snapshot.wish().stateBy() + " asked to give back what is held.");
  }

  /** A run that could not begin holds nothing, but an earlier one may. */
  private static boolean nothingToGiveBack(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Failed && snapshot.holds().isEmpty();
  }

  static Decision releasing(RunSnapshot snapshot) {
    var steps = new Steps(snapshot);
    if (snapshot.holds().isEmpty()) {
      return steps.enter(Phase.Released, Reasons.RELEASED, "Nothing is held any more.");
    }
    var limit = snapshot.run().phaseSince().plus(RELEASE_LIMIT);
    if (snapshot.work() instanceof Work.ToDo && !snapshot.now().isBefore(limit)) {
      return steps.ask(
          Ask.RELEASE_FAILED,
          "Not everything could be given back: the targets change all the time.");
    }
    if (snapshot.work() instanceof Work.ToDo todo) {
      var effect = snapshot.run().seq().intValue() + 1;
      var intent =
          new Intent(
              Intent.Verb.Release,
              snapshot.run().seq() + 1,
              RELEASE,
              effect,
              Acting.mark(snapshot, RELEASE, effect),
              List.of(),
              todo.targets(),
              snapshot.now().plus(SEND_LIMIT));
      var next =
          steps.stay(
              Reasons.EFFECT_INTENDED, todo.message(), snapshot.holds(), run -> run.intent(intent));
      return new Act(next.run(), null);
    }
    if (snapshot.work() instanceof Work.Impossible impossible) {
      return steps.ask(Ask.RELEASE_FAILED, impossible.message());
    }
    return new Wait(null);
  }
}
