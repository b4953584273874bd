package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;

/** Wakes plans without the SDK's event sources. */
public final class SimulatedWakeups extends Wakeups {
  private final Runnable wake;

  public SimulatedWakeups(Runnable wake) {
    this.wake = wake;
  }

  @Override
  Runnable of(RollbackPlan plan) {
    return wake;
  }
}
