package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;

/** Says a group of conditions that belong together. */
@FunctionalInterface
interface Says {
  /**
   * Adds them.
   *
   * @param status as it is about to be written, without its conditions
   */
  void say(Conditions conditions, RestoreView view, DbRestoreStatus status);
}
