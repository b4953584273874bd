package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.Holds;

/**
 * HoldsActive: what this plan holds, by this run or an earlier one. HoldOrphaned: what nobody gives
 * back any more.
 */
final class Holding implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    if (!core.holds().isEmpty()) {
      conditions.say(
          ConditionTypes.HOLDS_ACTIVE, true, Reasons.HOLDING, Holds.stillOff(core.holds()));
    }
    if (!view.orphans().isEmpty()) {
      conditions.say(
          ConditionTypes.HOLD_ORPHANED,
          true,
          Reasons.HOLD_ORPHANED,
          String.join(" ", view.orphans()));
    }
  }
}
