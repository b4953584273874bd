package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.problem.Problem;
import dev.backstep.synccontrol.gather.SwitchView;
import java.util.List;

/** Whether it could be switched off, as far as that can be told before. */
final class Readiness implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    view.problems()
        .ifPresentOrElse(
            problems -> say(conditions, view, problems),
            () ->
                conditions.keep(
                    ConditionTypes.READY, Reasons.PREFLIGHT, "It was not looked at yet."));
  }

  private static void say(Conditions conditions, SwitchView view, List<Problem> problems) {
    if (problems.isEmpty()) {
      conditions.say(
          ConditionTypes.READY,
          true,
          Reasons.CHECKED,
          "It can be switched off by all of its %d means."
              .formatted(view.sync().getSpec().means().size()));
    } else {
      conditions.say(ConditionTypes.READY, false, Reasons.PREFLIGHT, Problem.messages(problems));
    }
  }
}
