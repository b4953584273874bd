package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.effect.Step;

/** What is to be done next. */
public sealed interface Decision {
  /** Nothing, for now. */
  record Wait() implements Decision {}

  /** One step of the restore, which is a write of its status. */
  record Advance(DbRestoreStatus status, String reason, String message) implements Decision {}

  /**
   * Effects are sent, after their intent was written.
   *
   * @param status without the intent
   */
  record Act(DbRestoreStatus status, Intent intent, Step step) implements Decision {}

  /** An intent that was found open is brought to a known end. */
  record Close(Intent intent, boolean wanted) implements Decision {}
}
