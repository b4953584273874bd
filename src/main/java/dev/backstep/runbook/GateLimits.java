package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.measure.Limits;
import dev.backstep.time.Durations;

/** What makes a verdict of a gate's readings. */
public final class GateLimits {
  /** So many intervals may go by without a measurement. */
  private static final int INTERVALS = 3;

  private GateLimits() {}

  /** As the gate says. */
  public static Limits of(Gate gate) {
    return new Limits(
        gate.successLimit(),
        gate.failureLimit(),
        gate.errorLimit(),
        Durations.of(gate.interval()).multipliedBy(INTERVALS).plus(Durations.of(gate.timeout())));
  }
}
