package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.condition.Conditions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.function.UnaryOperator;

/**
 * Plans that a newer version wrote. They are left alone, and say so; a status that cannot be read
 * is not written either, because writing it would lose what it says.
 */
@ApplicationScoped
public class UnreadablePlans {
  private final PlanEvents events;
  private final StatusWriter writer;
  private final Clock clock;

  public UnreadablePlans(PlanEvents events, StatusWriter writer, Clock clock) {
    this.events = events;
    this.writer = writer;
    this.clock = clock;
  }

  /** What it held cannot be given back by a version that does not understand it. */
  void deleted(RollbackPlan plan) {
    if (!PlanView.statusOf(plan).holds().isEmpty()) {
      events.warn(
          plan,
          "deleted",
          Reasons.RELEASE_FAILED,
          "The plan was deleted and not understood (%s). What it held stays held; the workloads say in their annotations backstep.dev/held-replicas what to put back."
              .formatted(plan.unreadable()));
    }
  }

  void report(RollbackPlan plan, UnaryOperator<RollbackPlan> put) {
    var message =
        "This version of the operator does not understand %s. The plan is left alone. Upgrade the operator, or correct the plan."
            .formatted(plan.unreadable());
    events.warn(plan, plan.unreadable(), Reasons.NOT_UNDERSTOOD, message);
    var statusUnread = plan.unreadable().startsWith("status");
    var status = PlanView.statusOf(plan);
    var conditions =
        new Conditions(status.conditions(), plan.getMetadata().getGeneration(), clock.instant())
            .say(ConditionTypes.READY, false, Reasons.NOT_UNDERSTOOD, message)
            .say(ConditionTypes.STALLED, true, Reasons.NOT_UNDERSTOOD, message)
            .list();
    var next =
        RollbackPlanStatusBuilder.builder(status)
            .observedGeneration(plan.getMetadata().getGeneration())
            .reason(Reasons.NOT_UNDERSTOOD)
            .conditions(conditions)
            .build();
    if (!statusUnread && !next.equals(plan.getStatus())) {
      writer.put(plan, next, put);
    }
  }
}
