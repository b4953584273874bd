package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.view.PlanView;

/** Stalled: nothing moves without a human, and no question or approval says what is wanted. */
final class Stalling implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var run = core.run();
    if (run != null && run.phase() == Phase.Exhausted) {
      conditions.say(ConditionTypes.STALLED, true, Reasons.EXHAUSTED, run.message());
    } else if (Executability.noLevelCanAct(view)) {
      conditions.say(ConditionTypes.STALLED, true, Reasons.PREFLIGHT, Executability.NO_LEVEL);
    } else if (!view.runOpen() && !Executability.known(view)) {
      conditions.again(ConditionTypes.STALLED);
    }
  }
}
