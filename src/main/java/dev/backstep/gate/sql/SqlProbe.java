package dev.backstep.gate.sql;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.Queries;
import dev.backstep.database.QueryAnswer;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Formulas;
import dev.backstep.expression.Words;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Judgement;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Asks a database one question and judges the answer. */
@ApplicationScoped
public class SqlProbe implements GateProbe<Query> {
  private static final String VALUE = "value";
  private static final String ROWS = "rows";

  private static final CelType TABLE =
      ListType.create(MapType.create(SimpleType.STRING, SimpleType.DYN));

  private final Queries queries;
  private final Judgement judgement = new Judgement(VALUE, Map.of(ROWS, TABLE));
  private final Formulas formulas = new Formulas(Map.of(VALUE, SimpleType.DYN, ROWS, TABLE));

  public SqlProbe(Queries queries) {
    this.queries = queries;
  }

  @Override
  public Class<Query> type() {
    return Query.class;
  }

  @Override
  public Optional<String> invalid(Query gate) {
    return Optional.ofNullable(gate.successCondition())
        .flatMap(judgement::invalid)
        .or(() -> Queries.invalid(gate).map(Problem::message).map(Sentences::clause))
        .map(wrong -> "sql: %s".formatted(wrong));
  }

  @Override
  public Optional<String> target(Query gate, GateScope scope) {
    return Optional.of("database %s/%s".formatted(scope.namespace(), gate.databaseRef().name()));
  }

  @Override
  public List<Right> rights(Query gate) {
    return Right.ofSecrets(Stream.of(gate.databaseRef().name()));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Query gate, GateScope scope) {
    return queries.problems(gate, scope.author(), scope.args());
  }

  @Override
  public Duration looksBack(Query gate) {
    return Intervals.longest(gate.query());
  }

  @Override
  public CompletionStage<Reading> value(Query gate, String formula, GateScope scope) {
    return queries
        .ask(gate, scope.author(), scope.args())
        .handle((answer, error) -> error == null ? valued(formula, answer) : failed(error));
  }

  private Reading valued(String formula, QueryAnswer answer) {
    try {
      var value = formulas.value(formula, Map.of(VALUE, answer.value(), ROWS, answer.rows()));
      return Reading.green("value was %s".formatted(Words.of(answer.value()))).withValue(value);
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      return Reading.error("value (%s) failed: %s".formatted(formula, e.getMessage()));
    }
  }

  @Override
  public CompletionStage<Reading> measure(Query gate, GateScope scope) {
    return queries
        .ask(gate, scope.author(), scope.args())
        .handle((answer, error) -> error == null ? judged(gate, answer, scope) : failed(error));
  }

  private Reading judged(Query gate, QueryAnswer answer, GateScope scope) {
    return gate.successCondition() == null
        ? judgement.recorded(answer.value())
        : judgement.of(gate.successCondition(), answer.value(), Map.of(ROWS, answer.rows()), scope);
  }

  private static Reading failed(Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return Reading.error(Sentences.clause(String.valueOf(cause.getMessage()).strip()));
  }
}
