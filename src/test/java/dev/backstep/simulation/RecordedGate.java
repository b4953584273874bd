package dev.backstep.simulation;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A gate that is measured as the operator does it, by requests; what it said is recorded. */
record RecordedGate<G>(GateProbe<G> probe, SimulatedGates gates, SimulatedProcess process)
    implements GateProbe<G> {

  @Override
  public Class<G> type() {
    return probe.type();
  }

  @Override
  public Optional<String> invalid(G gate) {
    return probe.invalid(gate);
  }

  @Override
  public List<WorkloadRef> workloads(G gate) {
    return probe.workloads(gate);
  }

  @Override
  public Optional<String> target(G gate, GateScope scope) {
    return probe.target(gate, scope);
  }

  @Override
  public List<Right> rights(G gate) {
    return probe.rights(gate);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(G gate, GateScope scope) {
    return probe.preflight(gate, scope);
  }

  @Override
  public Duration looksBack(G gate) {
    return probe.looksBack(gate);
  }

  @Override
  public CompletionStage<Reading> value(G gate, String formula, GateScope scope) {
    return probe.value(gate, formula, scope);
  }

  @Override
  public CompletionStage<Reading> measure(G gate, GateScope scope) {
    return gates.measure(process, scope, () -> probe.measure(gate, scope));
  }
}
