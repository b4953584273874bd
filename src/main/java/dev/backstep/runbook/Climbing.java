package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.runbook.Decision.Advance;
import java.util.List;

/** Moves from one level to the next, and to the end of a run. */
final class Climbing {
  private final RunSnapshot snapshot;
  private final Moves moves;

  Climbing(RunSnapshot snapshot) {
    this.snapshot = snapshot;
    this.moves = new Moves(snapshot);
  }

  /** Leaves the current level, if there is one, and enters the next; none left: Exhausted. */
  Advance nextLevel(LevelStatus.Outcome outcome, String why) {
    return nextLevel(outcome, why, false);
  }

  /**
   * As {@link #nextLevel(LevelStatus.Outcome, String)}.
   *
   * @param deliberate true: the level is wanted even on a system that is healthy
   */
  Advance nextLevel(LevelStatus.Outcome outcome, String why, boolean deliberate) {
    var levels = leave(snapshot.run(), outcome);
    if (!snapshot.hasNextLevel() && drill()) {
      return endOfDrill(levels, why);
    }
    var before = why.isEmpty() ? "" : why + " ";
    if (!snapshot.hasNextLevel()) {
      return moves.enter(
          Phase.Exhausted,
          Reasons.EXHAUSTED,
          "%sNo level is left: everything this run was allowed to do has been done.%s%s%s"
              .formatted(
                  before,
                  Escalations.text(snapshot.plan()),
                  Preparing.unused(snapshot),
                  Holds.atTheEnd(snapshot)),
          builder -> builder.levels(levels).action(null));
    }
    var index = snapshot.nextLevelIndex();
    var entered = Moves.replace(levels, index, levels.get(index).withStartedAt(snapshot.now()));
    var name = entered.get(index).name();
    return moves.enter(
        Phase.Acting,
        Reasons.LEVEL_ENTERED,
        "%sNow level %s/%s, %s.".formatted(before, index + 1, entered.size(), name),
        builder ->
            builder
                .levels(entered)
                .level(index)
                .action(null)
                .levelSince(snapshot.now())
                .measuringSince(
                    measuredOnEntry(name) ? snapshot.now() : snapshot.run().measuringSince())
                .deliberate(deliberate)
                .agreed(List.of())
                .putBackFailed(null)
                .once(List.of())
                .asking(null)
                .approval(null));
  }

  private boolean drill() {
    return snapshot.run().mode() == Run.Mode.Drill;
  }

  /** However a drill ends, it does not say that the system is healthy, or is not. */
  private Advance endOfDrill(List<LevelStatus> levels, String why) {
    return moves.enter(
        Phase.Undoing,
        Reasons.UNDO_REQUESTED,
        "%sThe drill puts back what it did.".formatted(why.isEmpty() ? "" : why + " "),
        builder -> builder.levels(levels).action(null));
  }

  private boolean measuredOnEntry(String level) {
    return !snapshot.plan().stopConditions().isEmpty()
        || snapshot.levelNamed(level).preconditions() != null;
  }

  /** The run ends healthy, or as good as a human accepts. */
  Advance finish(LevelStatus.Outcome outcome, String reason, String message) {
    if (drill()) {
      return endOfDrill(leave(snapshot.run(), outcome), message);
    }
    var holding = !snapshot.holds().isEmpty();
    return moves.enter(
        holding ? Phase.Mitigated : Phase.Recovered,
        reason,
        message + Preparing.unused(snapshot) + Holds.atTheEnd(snapshot),
        builder -> builder.levels(leave(snapshot.run(), outcome)).action(null));
  }

  /** The run ends as it is. */
  Advance accept(String more) {
    return finish(
        LevelStatus.Outcome.Accepted,
        Reasons.ACCEPTED_BY_HUMAN,
        "The run ends as it is, by a human's decision.%s".formatted(more));
  }

  /** The levels of the run with one left out. */
  List<LevelStatus> leftOut(int index, LevelStatus.Outcome outcome) {
    var level = snapshot.run().levels().get(index).with().outcome(outcome).endedAt(snapshot.now());
    return Moves.replace(snapshot.run().levels(), index, level.build());
  }

  private List<LevelStatus> leave(RunStatus run, LevelStatus.Outcome outcome) {
    if (run.level() == null) {
      return run.levels();
    }
    var level = run.levels().get(run.level()).with().outcome(outcome).endedAt(snapshot.now());
    return Moves.replace(run.levels(), run.level(), level.build());
  }
}
