package dev.backstep.simulation;

import dev.backstep.approval.PolicyProbe;
import dev.backstep.approval.PolicyState;
import java.time.Clock;

/** Knows whether the admission policy is in force, without an API server that has any. */
final class SimulatedPolicy extends PolicyProbe {
  private final SimulatedConsent consent;

  SimulatedPolicy(SimulatedConsent consent) {
    super(null, Clock.systemUTC());
    this.consent = consent;
  }

  @Override
  public PolicyState state(String namespace) {
    return consent.inForce()
        ? new PolicyState(true, VirtualTime.BEGIN.minusSeconds(3600), "in force")
        : new PolicyState(false, null, "The binding is gone.");
  }
}
