package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Preview;
import java.util.List;

/** Dry runs and drills: what would change is asked of the API server, and shown. */
final class Previewing {
  private Previewing() {}

  static Decision next(RunSnapshot snapshot) {
    if (snapshot.preview() == null) {
      return new Preview();
    }
    var moves = new Moves(snapshot);
    var levels = snapshot.run().levels().stream().map(level -> previewed(snapshot, level)).toList();
    return snapshot.run().mode() == Run.Mode.Drill
        ? drill(snapshot, moves, levels)
        : moves.enter(
            Phase.Completed,
            Reasons.PREVIEWED,
            "Nothing was written. What each action would change now is in status.run.levels[].actions[].preview.",
            run ->
                run.levels(
                    levels.stream()
                        .map(
                            level ->
                                level
                                    .with()
                                    .outcome(LevelStatus.Outcome.Previewed)
                                    .endedAt(snapshot.now())
                                    .build())
                        .toList()));
  }

  /** In a drill the actions that are done keep their place; the others are only shown. */
  private static Decision drill(RunSnapshot snapshot, Moves moves, List<LevelStatus> levels) {
    return new Moves(snapshot.withRun(snapshot.run().withLevels(levels)))
        .climb()
        .nextLevel(null, "The drill begins.", true);
  }

  private static LevelStatus previewed(RunSnapshot snapshot, LevelStatus level) {
    return Beginning.pinned(snapshot, level)
        .withActions(
            snapshot.levelNamed(level.name()).actions().stream()
                .map(action -> previewed(snapshot, level.name(), action))
                .toList());
  }

  private static ActionStatus previewed(RunSnapshot snapshot, String level, Action action) {
    var preview = snapshot.preview().getOrDefault(action.name(), List.of());
    var begun = ActionStatus.begun(action.name(), snapshot.now()).withPreview(preview);
    // What is done later begins later: its time is counted from then on.
    return done(snapshot, level, action)
        ? begun.withStartedAt(null)
        : begun
            .with()
            .outcome(ActionStatus.Outcome.Previewed)
            .message(preview.isEmpty() ? "Nothing would change." : "Only shown.")
            .endedAt(snapshot.now())
            .build();
  }

  /** True when a drill really does the action; it never does what it could not put back. */
  private static boolean done(RunSnapshot snapshot, String level, Action action) {
    return snapshot.run().mode() == Run.Mode.Drill
        && action.inDrill() == Action.InDrill.Run
        && (!snapshot.destroys(level) || snapshot.traits().drillable().contains(action.name()));
  }
}
