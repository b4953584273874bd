package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.DrillStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** When drills last did the actions of a plan: it outlives the runs. */
final class Drills {
  private Drills() {}

  /** Of each action that the plan still has, the last one, as the status and its run say. */
  static List<DrillStatus> of(RollbackPlanSpec plan, RollbackPlanStatus status) {
    var last = new LinkedHashMap<String, DrillStatus>();
    status.drills().forEach(drill -> last.put(drill.action(), drill));
    if (status.run() != null && status.run().mode() == Run.Mode.Drill) {
      status
          .run()
          .actions()
          .filter(action -> action.outcome() == ActionStatus.Outcome.Succeeded)
          .forEach(action -> last.put(action.name(), drill(status.run(), action)));
    }
    var names = plan.allActions().map(Action::name).collect(Collectors.toSet());
    last.keySet().retainAll(names);
    return List.copyOf(last.values());
  }

  private static DrillStatus drill(RunStatus run, ActionStatus action) {
    return new DrillStatus(
        action.name(),
        run.id(),
        action.endedAt(),
        Durations.said(Duration.between(action.startedAt(), action.endedAt())),
        action.message());
  }
}
