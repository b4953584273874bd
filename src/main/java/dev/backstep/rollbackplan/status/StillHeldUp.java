package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.view.PlanView;

/**
 * HeldUp: the API server refused what was due. Whether it still does shows once it is known again
 * what is due; until then the status would change its mind with every look.
 */
final class StillHeldUp implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    if (view.looking()) {
      conditions.again(ConditionTypes.HELD_UP);
    }
  }
}
