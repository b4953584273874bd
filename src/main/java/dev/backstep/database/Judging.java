package dev.backstep.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.expression.Words;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judges what was found in restored data, beside what was there before. */
public final class Judging {
  private final Expressions expressions =
      new Expressions(
          Map.of(
              "value",
              SimpleType.DYN,
              "before",
              SimpleType.DYN,
              "rows",
              ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN))));

  /**
   * What one check found.
   *
   * @param value of the query on the restored data, as JSON
   * @param before of the same query on the data from before, as JSON; {@code null} where it could
   *     not be asked
   * @param failure why it is not good; empty: it is
   */
  public record Checked(String name, String value, String before, Optional<String> failure) {}

  /** The first condition takes half a second: not in the middle of an incident. */
  public void warm() {
    expressions.warm("value == before");
  }

  /** What is wrong with the conditions as they are written. */
  public List<Problem> problems(List<RestoreCheck> checks) {
    return checks.stream().flatMap(check -> problem(check).stream()).toList();
  }

  private Optional<Problem> problem(RestoreCheck check) {
    try {
      expressions.compiled(check.successCondition());
      return Optional.empty();
    } catch (InvalidExpressionException e) {
      return Optional.of(
          new Problem(
              "ConditionInvalid",
              "The successCondition of check %s is not understood: %s"
                  .formatted(check.name(), e.getMessage())));
    }
  }

  /** What a check found, and whether that is good. */
  public Checked judged(RestoreCheck check, QueryAnswer is, Object was) {
    try {
      var seen = Map.of("value", is.value(), "rows", is.rows(), "before", was);
      var result = expressions.compiled(check.successCondition()).evaluate(seen);
      var failure =
          result.met()
              ? Optional.<String>empty()
              : Optional.of(
                  "check %s is not true: wanted %s; %s"
                      .formatted(check.name(), check.successCondition(), Words.of(result.seen())));
      return new Checked(check.name(), json(is.value()), json(was), failure);
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return failed(check, e);
    }
  }

  /** A check that could not be made. */
  public static Checked failed(RestoreCheck check, Throwable error) {
    return new Checked(
        check.name(),
        "null",
        "null",
        Optional.of(
            "check %s could not be made: %s"
                .formatted(check.name(), Sentences.clause(String.valueOf(error.getMessage())))));
  }

  /** As a fact that a database keeps of itself. */
  private static String json(Object value) {
    return value instanceof NullValue ? "null" : Json.MAPPER.valueToTree(value).toString();
  }

  /** What was kept as a fact. */
  public static Object kept(String json) {
    try {
      var value = Json.MAPPER.readTree(json == null ? "null" : json);
      if (value.isIntegralNumber()) {
        return value.longValue();
      }
      if (value.isNumber()) {
        return value.doubleValue();
      }
      if (value.isBoolean()) {
        return value.booleanValue();
      }
      return value.isTextual() ? value.textValue() : NullValue.NULL_VALUE;
    } catch (JsonProcessingException e) {
      return NullValue.NULL_VALUE;
    }
  }

  /** Why the data is not good; empty: it is. */
  public static Optional<String> failures(List<Checked> all) {
    var failures = all.stream().flatMap(it -> it.failure().stream()).map(Sentences::of).toList();
    return failures.isEmpty() ? Optional.empty() : Optional.of(Sentences.all(failures, ""));
  }
}
