package dev.backstep.rollbackplan.view;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.effect.Effect;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.RunSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A plan and the world around it, gathered once.
 *
 * @param plan the object as the cache has it
 * @param now the time it was gathered
 * @param invalid what is wrong with the plan as it is written
 * @param checks what was found wrong before it was tried, as last checked
 * @param gates what the gates measured, by name
 * @param snapshot what the engine decides on; null without a run
 * @param effects the effects that are due when the engine says Act
 * @param looking true while it is not known yet what is left to do
 * @param orphans what holds the plan's targets though its holder does not exist any more
 */
public record PlanView(
    RollbackPlan plan,
    Instant now,
    List<String> invalid,
    Checks checks,
    Map<String, Streak> gates,
    RunSnapshot snapshot,
    List<? extends Effect> effects,
    boolean looking,
    List<String> orphans) {

  private static final RollbackPlanStatus NOTHING = RollbackPlanStatusBuilder.builder().build();

  /** The same, after a write of the plan's status. */
  public PlanView written(RollbackPlan after) {
    return new PlanView(after, now, invalid, checks, gates, snapshot, effects, looking, orphans);
  }

  /** The plan's status; an empty one where nothing was written yet. */
  public RollbackPlanStatus status() {
    return statusOf(plan);
  }

  public static RollbackPlanStatus statusOf(RollbackPlan plan) {
    return plan.getStatus() == null ? NOTHING : plan.getStatus();
  }

  /** True while the plan's run has not ended. */
  public boolean runOpen() {
    return runOpen(plan);
  }

  public static boolean runOpen(RollbackPlan plan) {
    var run = statusOf(plan).run();
    return run != null && Boolean.TRUE.equals(run.active());
  }

  /** True when its run is open or about to begin. */
  public static boolean goesFirst(RollbackPlan plan) {
    var wish = plan.getSpec() == null ? null : plan.getSpec().run();
    var run = statusOf(plan).run();
    return runOpen(plan) || wish != null && (run == null || !wish.id().equals(run.id()));
  }

  /** True when the plan is to be left alone. */
  public boolean suspended() {
    return suspended(plan);
  }

  public static boolean suspended(RollbackPlan plan) {
    return Boolean.TRUE.equals(plan.getSpec().suspend());
  }
}
