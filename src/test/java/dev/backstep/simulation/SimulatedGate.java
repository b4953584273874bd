package dev.backstep.simulation;

import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A gate of a process: the reading comes from the simulated world. */
record SimulatedGate<G>(Class<G> type, SimulatedGates gates, SimulatedProcess process)
    implements GateProbe<G> {

  @Override
  public List<WorkloadRef> workloads(G gate) {
    return gate instanceof WorkloadRef ref ? List.of(ref) : List.of();
  }

  @Override
  public Optional<String> target(G gate, GateScope scope) {
    return gate instanceof HttpGate http ? Optional.of(http.service().name()) : Optional.empty();
  }

  @Override
  public CompletionStage<Reading> measure(G gate, GateScope scope) {
    return gates.measure(process, gate, scope);
  }
}
