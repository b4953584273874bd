package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Action;
import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatus;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything the engine looks at, gathered once: the same snapshot always gives the same decision.
 *
 * @param now the time on the API server's clock
 * @param plan the plan as it was pinned when the run began
 * @param wish what humans want of this run now; null when spec.run is gone or names another run
 * @param deleting true when the plan is being deleted
 * @param run the run as its status says
 * @param holds what is kept off, of this run and earlier ones
 * @param gates what the gates measured since {@code run.measuringSince}, by name
 * @param problems what keeps a level from being carried out, by level; only what was just checked
 * @param work what is left of the current action, or of the release; null when neither is due
 * @param effect what is known of the open intent's effect
 */
@RecordBuilder
public record RunSnapshot(
    Instant now,
    RollbackPlanSpec plan,
    Run wish,
    boolean deleting,
    RunStatus run,
    List<Hold> holds,
    Map<String, Streak> gates,
    Map<String, List<Problem>> problems,
    Work work,
    Effect effect)
    implements RunSnapshotBuilder.With {

  /** The level the run is on, as the plan defines it; null before the first. */
  public Level level() {
    return run.level() == null ? null : levelNamed(levelStatus().name());
  }

  /** What is known of the level the run is on. */
  public LevelStatus levelStatus() {
    return run.levels().get(run.level());
  }

  /** The action the run is at: the first one of a level that was just entered. */
  public Action action() {
    return level().actions().get(actionIndex());
  }

  /** Index of {@link #action()}. */
  public int actionIndex() {
    return run.action() == null ? 0 : run.action();
  }

  /** True when there is a level after the current one. */
  public boolean hasNextLevel() {
    return nextLevelIndex() < run.levels().size();
  }

  /** Index of the level after the current one. */
  public int nextLevelIndex() {
    var index = run.level() == null ? 0 : run.level() + 1;
    while (index < run.levels().size() && run.levels().get(index).outcome() != null) {
      index++;
    }
    return index;
  }

  /** What is known of the level after the current one. */
  public LevelStatus nextLevel() {
    return run.levels().get(nextLevelIndex());
  }

  /** The gates that decide now: those of the level, or all of the plan. */
  public List<Gate> decidingGates() {
    return deciding(plan, level());
  }

  /** The gates that decide about a level; null: about the plan as a whole. */
  public static List<Gate> deciding(RollbackPlanSpec plan, Level level) {
    if (level == null || level.gates() == null) {
      return plan.gates();
    }
    return plan.gates().stream().filter(gate -> level.gates().contains(gate.name())).toList();
  }

  /** What a gate measured. */
  public Streak streak(Gate gate) {
    var streak = gates.get(gate.name());
    return streak == null ? Streak.startedAt(now) : streak;
  }

  private Level levelNamed(String name) {
    return plan.levels().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }
}
