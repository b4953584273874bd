package dev.backstep.synccontrol.watch;

import dev.backstep.api.v1alpha1.SyncControl;
import java.util.function.Function;

/** Wakes SyncControls without the SDK's event sources. */
public final class SimulatedSyncWakeups extends SyncWakeups {
  private final Function<SyncControl, Runnable> wakes;

  public SimulatedSyncWakeups(Function<SyncControl, Runnable> wakes) {
    this.wakes = wakes;
  }

  @Override
  public Runnable of(SyncControl sync) {
    return wakes.apply(sync);
  }
}
