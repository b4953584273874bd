package dev.backstep.gate;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.measure.Reading;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How one kind of gate is measured.
 *
 * @param <G> the record that describes the gate in a plan
 */
public interface GateProbe<G> {
  /** The record class of the union's member. */
  Class<G> type();

  /** What is wrong with the gate as it is written, such as an expression that does not compile. */
  default Optional<String> invalid(G gate) {
    return Optional.empty();
  }

  /** The workloads whose changes concern the gate. */
  default List<WorkloadRef> workloads(G gate) {
    return List.of();
  }

  /** What a measurement is a burden for, such as a Service; empty: nothing. */
  default Optional<String> target(G gate, GateScope scope) {
    return Optional.empty();
  }

  /** Measures once; never fails: what cannot be measured is an error reading. */
  CompletionStage<Reading> measure(G gate, GateScope scope);
}
