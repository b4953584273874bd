package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.measure.Reading;
import dev.backstep.union.Union;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** All kinds of gate, each found by its record class. */
@ApplicationScoped
public class Probes {
  private final Union<GateProbe<Object>> probes;

  public Probes(@All List<GateProbe<?>> probes) {
    this.probes = new Union<>(probes, GateProbe::type);
  }

  /** What is wrong with a gate as it is written. */
  public Optional<String> invalid(Gate gate) {
    var redaction = Redaction.invalid(gate);
    return redaction.isPresent() ? redaction : probes.ask(gate, (probe, it) -> probe.invalid(it));
  }

  /** The workloads whose changes concern a gate. */
  public List<WorkloadRef> workloads(Gate gate) {
    return probes.ask(gate, (probe, it) -> probe.workloads(it));
  }

  /** What measuring a gate is a burden for; empty: nothing. */
  public Optional<String> target(Gate gate, GateScope scope) {
    return probes.ask(gate, (probe, it) -> probe.target(it, scope));
  }

  /** Measures a gate once. */
  public CompletionStage<Reading> measure(Gate gate, GateScope scope) {
    return probes.ask(gate, (probe, it) -> probe.measure(it, scope));
  }
}
