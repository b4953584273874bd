package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.view.PlanView;

/** Says one thing about a plan in its conditions. What is not said is not there. */
@FunctionalInterface
interface Says {
  /**
   * Adds what is true now.
   *
   * @param core the status that is about to be written, with the run, the holds and the records
   */
  void say(Conditions conditions, PlanView view, RollbackPlanStatus core);
}
