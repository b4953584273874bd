package dev.backstep.gate.http;

import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.cluster.Access.Right;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.http.FullCall;
import dev.backstep.http.HttpReadings;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks an HTTP endpoint and judges its answer. */
@ApplicationScoped
public class HttpProbe implements GateProbe<HttpGate> {
  private final HttpReadings readings;

  public HttpProbe(HttpReadings readings) {
    this.readings = readings;
  }

  @Override
  public Class<HttpGate> type() {
    return HttpGate.class;
  }

  @Override
  public Optional<String> invalid(HttpGate gate) {
    return readings.invalid(gate);
  }

  @Override
  public Optional<String> target(HttpGate gate, GateScope scope) {
    return Optional.of(gate.place(scope.namespace()));
  }

  @Override
  public List<Right> rights(HttpGate gate) {
    return Right.ofSecrets(FullCall.of(gate).secrets());
  }

  @Override
  public CompletionStage<List<Problem>> preflight(HttpGate gate, GateScope scope) {
    return readings.problems(gate, scope.author());
  }

  @Override
  public CompletionStage<Reading> value(HttpGate gate, String formula, GateScope scope) {
    return readings.value(gate, formula, scope.author());
  }

  @Override
  public CompletionStage<Reading> measure(HttpGate gate, GateScope scope) {
    return readings.of(gate, scope.author());
  }
}
