package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import java.time.Duration;

/**
 * Where a plan stands when there is nothing to do for now.
 *
 * @param plan the plan as last written
 * @param pause when to look again at the latest
 * @param namespaceGoes true when the plan's namespace is being deleted
 */
record Rest(RollbackPlan plan, Duration pause, boolean namespaceGoes) {
  private static final Duration SOON = Duration.ofMillis(1);

  Rest(RollbackPlan plan, Duration pause) {
    this(plan, pause, false);
  }

  /** There is more to do; others may have their turn first. */
  static Rest soon(RollbackPlan plan) {
    return new Rest(plan, SOON);
  }
}
