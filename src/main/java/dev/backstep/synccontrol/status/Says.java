package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.gather.SwitchView;

/** Says a group of conditions that belong together. */
@FunctionalInterface
interface Says {
  /**
   * Adds them.
   *
   * @param status as it is about to be written, without its conditions
   */
  void say(Conditions conditions, SwitchView view, SyncControlStatus status);
}
