package dev.backstep.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.union.Union;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
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

  /**
   * What measuring is a burden for; empty: nothing.
   *
   * @param union a gate, or something else that is measured as gates are
   */
  public Optional<String> target(Record union, GateScope scope) {
    return probes.ask(union, (probe, it) -> probe.target(it, scope));
  }

  /**
   * Measures once what a formula comes to on the answer.
   *
   * @param union something that is measured as gates are
   */
  public CompletionStage<Reading> value(Record union, String formula, GateScope scope) {
    return probes.ask(union, (probe, it) -> probe.value(it, formula, scope));
  }

  /**
   * The rights that measuring needs.
   *
   * @param union a gate, or something else that is measured as gates are
   */
  public List<Right> rights(Record union) {
    return probes.ask(union, (probe, it) -> probe.rights(it));
  }

  /** What would keep it from being measured now, as {@link #rights}; may be answered later. */
  public CompletionStage<List<Problem>> preflight(Record union, GateScope scope) {
    return probes.ask(union, (probe, it) -> probe.preflight(it, scope));
  }

  /** What a gate has to know later of the world as it is when a run begins; empty: nothing. */
  public Optional<JsonNode> atStart(Gate gate, GateScope scope) {
    return probes.ask(gate, (probe, it) -> probe.atStart(it, scope));
  }

  /** How far back a measurement of a gate looks. */
  public Duration looksBack(Gate gate) {
    return probes.ask(gate, (probe, it) -> probe.looksBack(it));
  }

  /** Measures a gate once. */
  public CompletionStage<Reading> measure(Gate gate, GateScope scope) {
    return probes.ask(gate, (probe, it) -> probe.measure(it, scope));
  }
}
