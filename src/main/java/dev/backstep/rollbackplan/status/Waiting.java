package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.Optional;
import java.util.function.Function;

/**
 * RunWaiting: the wish in spec.run begins later.
 *
 * @param why what a wish waits for; empty: for nothing, or there is none
 */
record Waiting(Function<PlanView, Optional<String>> why) implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    why.apply(view)
        .ifPresent(
            what ->
                conditions.say(
                    ConditionTypes.RUN_WAITING,
                    true,
                    view.suspended() ? Reasons.SUSPENDED : Reasons.INVALID_PLAN,
                    what));
  }
}
