package dev.backstep.gate.http;

import dev.backstep.api.v1alpha1.gate.HttpGate;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.http.HttpCall.Answer;
import dev.backstep.gate.http.HttpCall.NotMeasurableException;
import dev.backstep.measure.Reading;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Asks an HTTP endpoint and judges its answer by a CEL condition, on threads of its own: those that
 * carry the requests carry everybody's.
 */
@ApplicationScoped
public class HttpProbe implements GateProbe<HttpGate> {
  private static final int JUDGES = 4;

  private final HttpCall call;
  private final AnswerConditions conditions;
  private final ExecutorService judges = Executors.newFixedThreadPool(JUDGES);

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
  public Optional<String> target(HttpGate gate, GateScope scope) {
    return Optional.of(
        gate.url() == null
            ? "service %s/%s".formatted(scope.namespace(), gate.service().name())
            : "host " + HttpCall.host(gate.url()));
  }

  @Override
  public CompletionStage<Reading> measure(HttpGate gate, GateScope scope) {
    return call.send(gate, scope)
        .handleAsync(
            (answer, error) -> error == null ? judge(gate, answer) : unanswered(error), judges);
  }

  @PreDestroy
  void stop() {
    judges.shutdownNow();
  }

  private Reading judge(HttpGate gate, Answer answer) {
    var reading = judged(gate, answer);
    return new Reading(reading.color(), SeenValues.without(answer.secrets(), reading.message()));
  }

  private Reading judged(HttpGate gate, Answer answer) {
    var seen = "%s %s answered %d".formatted(gate.method(), answer.address(), answer.status());
    try {
      var result = conditions.compiled(gate.successCondition()).evaluate(answer.values());
      return result.met()
          ? Reading.green(seen)
          : Reading.red(
              "%s, wanted %s%s"
                  .formatted(seen, gate.successCondition(), SeenValues.of(result.seen())));
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return Reading.error("%s, and the condition failed: %s".formatted(seen, e.getMessage()));
    }
  }

  private static Reading unanswered(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof NotMeasurableException
        ? Reading.error(cause.getMessage())
        : Reading.red(cause.getMessage());
  }
}
