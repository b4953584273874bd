package dev.backstep.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  /** The rights that measuring it needs. */
  default List<Right> rights(G gate) {
    return List.of();
  }

  /**
   * What would keep it from being measured now. Asked of gates that are measured only when they are
   * needed; the answer may come later.
   */
  default CompletionStage<List<Problem>> preflight(G gate, GateScope scope) {
    return CompletableFuture.completedStage(List.of());
  }

  /**
   * What the gate has to know later of the world as it is now, when a run begins; empty: nothing.
   */
  default Optional<JsonNode> atStart(G gate, GateScope scope) {
    return Optional.empty();
  }

  /** How far back a measurement looks; zero: it sees what is so now. */
  default Duration looksBack(G gate) {
    return Duration.ZERO;
  }

  /**
   * Measures once what a formula comes to on the answer, whatever it says of health; never fails:
   * what has no answer, or cannot be asked for a value, is an error reading.
   */
  default CompletionStage<Reading> value(G gate, String formula, GateScope scope) {
    return CompletableFuture.completedStage(Reading.error("it cannot be asked for a value"));
  }

  /** Measures once; never fails: what cannot be measured is an error reading. */
  CompletionStage<Reading> measure(G gate, GateScope scope);
}
