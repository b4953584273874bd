package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.problem.Problem;
import java.util.List;

/** Whether it could be done, as far as that can be told before. */
final class Readiness implements Says {
  @Override
  public void say(Conditions conditions, RestoreView view, DbRestoreStatus status) {
    view.problems()
        .ifPresentOrElse(
            problems -> say(conditions, problems),
            () ->
                conditions.keep(
                    ConditionTypes.READY, Reasons.PREFLIGHT, "It was not looked at yet."));
  }

  private static void say(Conditions conditions, List<Problem> problems) {
    if (problems.isEmpty()) {
      conditions.say(ConditionTypes.READY, true, Reasons.CHECKED, "It can be done.");
    } else {
      // The first one is what a machine can tell it by; the message has all of them.
      conditions.say(
          ConditionTypes.READY, false, problems.get(0).reason(), Problem.messages(problems));
    }
  }
}
