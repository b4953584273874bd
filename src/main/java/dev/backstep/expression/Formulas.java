package dev.backstep.expression;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.cel.common.types.CelType;
import java.util.Map;
import java.util.Optional;

/** CEL expressions over the same variables that come to a single value. */
public final class Formulas {
  private final Expressions expressions;

  /**
   * Formulas over these variables.
   *
   * @param variables the names they may use, with their types
   */
  public Formulas(Map<String, CelType> variables) {
    expressions = Expressions.ofAnything(variables);
  }

  /** What is wrong with a formula; empty: it compiles. */
  public Optional<String> invalid(String formula) {
    try {
      expressions.compiled(formula);
      return Optional.empty();
    } catch (InvalidExpressionException e) {
      return Optional.of("does not compile %s".formatted(e.getMessage()));
    }
  }

  /**
   * What a formula comes to: a number, true or false, a text, or JSON's null.
   *
   * @throws InvalidExpressionException when it does not compile
   * @throws EvaluationFailedException when the values do not fit, when it takes too long, or comes
   *     to something else, such as a list
   */
  public JsonNode value(String formula, Map<String, ?> values)
      throws InvalidExpressionException, EvaluationFailedException {
    var value = expressions.compiled(formula).value(values);
    if (!Values.isSingle(value)) {
      throw new EvaluationFailedException(
          "it comes to %s, and a number, a text or null was wanted".formatted(Words.of(value)),
          null);
    }
    return Values.json(value);
  }
}
