package dev.backstep.gate;

import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.expression.Values;
import dev.backstep.expression.Words;
import dev.backstep.measure.Reading;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Judges measured values by conditions of plans, which see the value, {@code previous} and {@code
 * before}. What it says has numbers in it, and never a text that was measured.
 */
public final class Judgement {
  private static final String PREVIOUS = "previous";
  private static final String BEFORE = "before";

  private final String name;
  private final Expressions expressions;

  /**
   * For one kind of gate.
   *
   * @param name what conditions call the value
   * @param more what else they may see
   */
  public Judgement(String name, Map<String, CelType> more) {
    this.name = name;
    var variables = new HashMap<String, CelType>(more);
    variables.put(name, SimpleType.DYN);
    variables.put(PREVIOUS, SimpleType.DYN);
    variables.put(BEFORE, SimpleType.DYN);
    expressions = new Expressions(variables);
  }

  /** What is wrong with a condition; empty: it compiles. */
  public Optional<String> invalid(String condition) {
    try {
      expressions.compiled(condition);
      return Optional.empty();
    } catch (InvalidExpressionException e) {
      return Optional.of("successCondition does not compile %s".formatted(e.getMessage()));
    }
  }

  /**
   * Green where the condition holds, red where it does not, an error where that cannot be said.
   *
   * @param value what was measured, as conditions see it
   * @param more what else the condition may see
   */
  public Reading of(String condition, Object value, Map<String, ?> more, GateScope scope) {
    var values = new HashMap<String, Object>(more);
    values.put(name, value);
    values.put(PREVIOUS, Values.of(scope.previous()));
    values.put(BEFORE, Values.of(scope.before()));
    return judged(condition, values).withValue(Values.json(value));
  }

  /** Green whatever was measured: it is only recorded. */
  public Reading recorded(Object value) {
    return Reading.green(said(value)).withValue(Values.json(value));
  }

  private Reading judged(String condition, Map<String, ?> values) {
    try {
      var result = expressions.compiled(condition).evaluate(values);
      var seen = result.seen().isEmpty() ? said(values.get(name)) : Words.of(result.seen());
      return result.met()
          ? Reading.green(seen)
          : Reading.red("%s, wanted %s".formatted(seen, condition));
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return Reading.error(
          "%s, and the condition failed: %s".formatted(said(values.get(name)), e.getMessage()));
    }
  }

  private String said(Object value) {
    return "%s was %s".formatted(name, Words.of(value));
  }
}
