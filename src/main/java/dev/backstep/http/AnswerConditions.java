package dev.backstep.http;

import dev.backstep.api.v1alpha1.value.Call;
import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.expression.Formulas;
import dev.backstep.measure.Reading;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Conditions on an HTTP answer. */
@ApplicationScoped
@Startup(Expressions.WARM_UP)
public class AnswerConditions {
  private static final Map<String, CelType> VARIABLES =
      Map.of(
          "status",
          SimpleType.INT,
          "headers",
          MapType.create(SimpleType.STRING, SimpleType.STRING),
          "body",
          SimpleType.DYN);

  private final Expressions expressions = new Expressions(VARIABLES);
  private final Formulas formulas = new Formulas(withValue());

  private static Map<String, CelType> withValue() {
    var variables = new HashMap<>(VARIABLES);
    variables.put("value", SimpleType.DYN);
    return variables;
  }

  @PostConstruct
  void warm() {
    expressions.warm("status >= 200 && status < 300");
  }

  /** What is wrong with a call's condition; empty: it compiles. */
  public Optional<String> invalid(Call call) {
    try {
      compiled(call.successCondition());
      return Optional.empty();
    } catch (InvalidExpressionException e) {
      return Optional.of("http.successCondition does not compile %s".formatted(e.getMessage()));
    }
  }

  /** What is wrong with a formula on an answer; empty: it compiles. */
  public Optional<String> invalidFormula(String formula) {
    return formulas.invalid(formula);
  }

  /**
   * Green where an answer meets the call's condition, red where it does not, an error where that
   * cannot be said; without what was sent as a secret.
   */
  public Reading judge(Call call, Answer answer) {
    var reading = judged(call, answer);
    return new Reading(reading.color(), SeenValues.without(answer.secrets(), reading.message()));
  }

  /**
   * What a formula comes to on an answer that meets the call's condition; an error where it does
   * not, or the formula comes to nothing. The formula sees what conditions see, and the body as
   * {@code value}.
   */
  public Reading value(Call call, Answer answer, String formula) {
    var reading = judge(call, answer);
    if (reading.color() != Reading.Color.GREEN) {
      return Reading.error(reading.message());
    }
    try {
      var values = new HashMap<>(answer.values());
      values.put("value", values.get("body"));
      return reading.withValue(formulas.value(formula, values));
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return Reading.error(
          SeenValues.without(
              answer.secrets(),
              "%s, and value (%s) failed: %s"
                  .formatted(reading.message(), formula, e.getMessage())));
    }
  }

  private Reading judged(Call call, Answer answer) {
    var seen = "%s %s answered %d".formatted(call.method(), call.address(), answer.status());
    try {
      var result = compiled(call.successCondition()).evaluate(answer.values());
      return result.met()
          ? Reading.green(seen)
          : Reading.red(
              "%s, wanted %s%s"
                  .formatted(seen, call.successCondition(), SeenValues.of(result.seen())));
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return Reading.error("%s, and the condition failed: %s".formatted(seen, e.getMessage()));
    }
  }

  private Expression compiled(String text) throws InvalidExpressionException {
    return expressions.compiled(text);
  }
}
