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
  private final Union<GateProbe<?>> probes;

  public Probes(@All List<GateProbe<?>> probes) {
    this.probes = new Union<>(probes, GateProbe::type);
  }

  /** What is wrong with a gate as it is written. */
  public Optional<String> invalid(Gate gate) {
    var redaction = Redaction.invalid(gate);
    return redaction.isPresent() ? redaction : bound(gate).invalid();
  }

  /** The workloads whose changes concern a gate. */
  public List<WorkloadRef> workloads(Gate gate) {
    return bound(gate).workloads();
  }

  /** What measuring a gate is a burden for; empty: nothing. */
  public Optional<String> target(Gate gate, GateScope scope) {
    return bound(gate).target(scope);
  }

  /** Measures a gate once. */
  public CompletionStage<Reading> measure(Gate gate, GateScope scope) {
    return bound(gate).measure(scope.of(gate));
  }

  @SuppressWarnings("unchecked")
  private Bound<?> bound(Gate gate) {
    var member = probes.memberOf(gate);
    return new Bound<>((GateProbe<Object>) member.handler(), member.value());
  }

  private record Bound<G>(GateProbe<G> probe, G gate) {
    Optional<String> invalid() {
      return probe.invalid(gate);
    }

    List<WorkloadRef> workloads() {
      return probe.workloads(gate);
    }

    Optional<String> target(GateScope scope) {
      return probe.target(gate, scope);
    }

    CompletionStage<Reading> measure(GateScope scope) {
      return probe.measure(gate, scope);
    }
  }
}
