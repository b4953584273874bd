package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import java.util.function.Function;

/** Wakes plans without the SDK's event sources. */
public final class SimulatedWakeups extends Wakeups {
  private final Function<RollbackPlan, Runnable> wakes;

  public SimulatedWakeups(Runnable wake) {
    this(plan -> wake);
  }

  public SimulatedWakeups(Function<RollbackPlan, Runnable> wakes) {
    this.wakes = wakes;
  }

  @Override
  Runnable of(RollbackPlan plan) {
    return wakes.apply(plan);
  }
}
