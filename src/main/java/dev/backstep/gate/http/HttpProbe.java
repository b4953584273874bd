package dev.backstep.gate.http;

import dev.backstep.api.v1alpha1.HttpGate;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.http.HttpCall.Answer;
import dev.backstep.gate.http.HttpCall.NotMeasurableException;
import dev.backstep.runbook.Reading;
import dev.cel.runtime.CelEvaluationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Asks an HTTP endpoint and judges its answer by a CEL condition. */
@ApplicationScoped
public class HttpProbe implements GateProbe<HttpGate> {
  private final HttpCall call;
  private final AnswerConditions conditions;

  public HttpProbe(HttpCall call, AnswerConditions conditions) {
    this.call = call;
    this.conditions = conditions;
  }

  @Override
  public Class<HttpGate> type() {
    return HttpGate.class;
  }

  @Override
  public Optional<String> invalid(HttpGate gate) {
    try {
      conditions.compiled(gate.successCondition());
      return call.refused(gate);
    } catch (InvalidExpressionException e) {
      return Optional.of("http.successCondition does not compile " + e.getMessage());
    }
  }

  @Override
  public CompletionStage<Reading> measure(HttpGate gate, GateScope scope) {
    return call.send(gate, scope)
        .handle((answer, error) -> error == null ? judge(gate, answer) : unanswered(error));
  }

  private Reading judge(HttpGate gate, Answer answer) {
    var seen = gate.method() + " " + answer.address() + " answered " + answer.status();
    try {
      return conditions.compiled(gate.successCondition()).test(answer.values())
          ? Reading.green(seen)
          : Reading.red(seen + ", wanted " + gate.successCondition());
    } catch (CelEvaluationException | InvalidExpressionException e) {
      return Reading.error(seen + ", and the condition failed: " + e.getMessage());
    }
  }

  private static Reading unanswered(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof NotMeasurableException
        ? Reading.error(cause.getMessage())
        : Reading.red(cause.getMessage());
  }
}
