package dev.backstep.restore;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Identity;
import dev.backstep.database.QueryAnswer;
import dev.backstep.database.swap.Databases.One;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.expression.Words;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.backstep.text.Sentences;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks what has to be true of restored data, and compares it with the data from before. */
@ApplicationScoped
public class Verification {
  /** What is asked may look at a whole table. */
  private static final String LIMIT = "5m";

  private final SwapLooks looks;
  private final Expressions expressions =
      new Expressions(
          Map.of(
              "value",
              SimpleType.DYN,
              "before",
              SimpleType.DYN,
              "rows",
              ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN))));

  public Verification(SwapLooks looks) {
    this.looks = looks;
  }

  @PostConstruct
  void warm() {
    expressions.warm("value == before");
  }

  /**
   * What one check found.
   *
   * @param value of the query on the restored data, as JSON
   * @param before of the same query on the data from before, as JSON; {@code null} where it could
   *     not be asked
   * @param failure why it is not good; empty: it is
   */
  record Checked(String name, String value, String before, Optional<String> failure) {}

  /** What is wrong with the conditions as they are written. */
  List<Problem> problems(List<RestoreCheck> checks) {
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

  /**
   * Asks all of them, one after the other.
   *
   * @param restored has the data that they are about
   * @param before what each query answered on the data from before
   */
  CompletionStage<List<Checked>> of(
      Situation now, One restored, Function<RestoreCheck, CompletionStage<Object>> before) {
    return Together.all(
        now.restore().verify().stream()
            .map(
                check ->
                    answer(check, now, restored)
                        .thenCombine(before.apply(check), (is, was) -> judged(check, is, was))
                        .exceptionally(error -> failed(check, Together.cause(error)))
                        .thenApply(List::of)));
  }

  /** The value of a query on a database; null where it cannot be asked. */
  CompletionStage<Object> value(RestoreCheck check, Situation now, One database) {
    return answer(check, now, database)
        .thenApply(QueryAnswer::value)
        .exceptionally(error -> NullValue.NULL_VALUE);
  }

  private CompletionStage<QueryAnswer> answer(RestoreCheck check, Situation now, One database) {
    var query = new Query(new Ref(now.restore().databaseRef()), check.query(), null, null, LIMIT);
    return looks.query(
        query,
        now.scope().author(),
        Map.of(),
        database.name(),
        new Identity(now.found().system(), database.oid()));
  }

  private Checked judged(RestoreCheck check, QueryAnswer is, Object was) {
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

  private static Checked failed(RestoreCheck check, Throwable error) {
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
  static Object kept(String json) {
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
  static Optional<String> failures(List<Checked> all) {
    var failures = all.stream().flatMap(it -> it.failure().stream()).map(Sentences::of).toList();
    return failures.isEmpty() ? Optional.empty() : Optional.of(Sentences.all(failures, ""));
  }
}
