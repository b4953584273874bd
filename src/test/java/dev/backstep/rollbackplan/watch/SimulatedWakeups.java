package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import java.util.function.Function;

/** Wakes plans without the SDK's event sources. */
public final class SimulatedWakeups extends PlanWakeups {
  private final Function<RollbackPlan, Runnable> wakes;

  public SimulatedWakeups(Runnable wake) {
    this(plan -> wake);
  }

  public SimulatedWakeups(Function<RollbackPlan, Runnable> wakes) {
    this.wakes = wakes;
  }

  @Override
  public Runnable of(RollbackPlan plan) {
    return wakes.apply(plan);
  }
}
