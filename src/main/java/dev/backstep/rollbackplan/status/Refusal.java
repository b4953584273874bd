package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.start.Wishes;
import dev.backstep.rollbackplan.view.PlanView;

/** RunRefused: the wish in spec.run is not carried out. */
final class Refusal implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var wish = view.plan().getSpec().run();
    if (wish != null && core.refused().contains(wish.id())) {
      conditions.say(
          ConditionTypes.RUN_REFUSED,
          true,
          Reasons.RUN_REFUSED,
          Wishes.refused(view.plan().getSpec(), wish));
    }
  }
}
