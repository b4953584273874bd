package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import dev.backstep.resource.UnreadableResources;
import dev.backstep.rollbackplan.view.PlanView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.UnaryOperator;

/** Plans that a newer version wrote. */
@ApplicationScoped
public class UnreadablePlans {
  private final UnreadableResources unreadable;
  private final Events events;

  public UnreadablePlans(UnreadableResources unreadable, Events events) {
    this.unreadable = unreadable;
    this.events = events;
  }

  /** What it held cannot be given back by a version that does not understand it. */
  void deleted(RollbackPlan plan, String problem) {
    if (!PlanView.statusOf(plan).holds().isEmpty()) {
      events.sayOnce(
          plan,
          Occurrence.warning(
              "deleted",
              Reasons.RELEASE_FAILED,
              "The plan was deleted and not understood (%s). What it held stays held; the workloads say in their annotations backstep.dev/held-replicas what to put back."
                  .formatted(problem)));
    }
  }

  /** Has the plan say what is not understood. */
  void report(RollbackPlan plan, String problem, UnaryOperator<RollbackPlan> put) {
    unreadable.report(
        plan,
        problem,
        PlanView.statusOf(plan),
        status -> StatusWriter.PUT.writeChanged(plan, status, put));
  }
}
