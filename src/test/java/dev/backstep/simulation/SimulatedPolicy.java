package dev.backstep.simulation;

import dev.backstep.approval.PolicyProbe;
import dev.backstep.approval.PolicyState;
import java.time.Clock;

/** Knows whether the admission policy is in force, without an API server that has any. */
final class SimulatedPolicy extends PolicyProbe {
  private final SimulatedConsent consent;
  private final String process;
  private final Clock clock;

  /**
   * @param process who looks
   * @param clock of that process
   */
  SimulatedPolicy(SimulatedConsent consent, String process, Clock clock) {
    super(null, Clock.systemUTC());
    this.consent = consent;
    this.process = process;
    this.clock = clock;
  }

  @Override
  public PolicyState state(String namespace, String resource) {
    return consent.looked(process, clock.instant());
  }
}
