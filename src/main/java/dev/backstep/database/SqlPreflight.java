package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What would keep SQL from working, found before it is sent. */
@ApplicationScoped
public class SqlPreflight {
  private static final String QUERY = "(SELECT|WITH|VALUES|TABLE)\\b.*";

  private final DatabaseLooks looks;
  private final CheckConditions conditions;

  public SqlPreflight(DatabaseLooks looks, CheckConditions conditions) {
    this.looks = looks;
    this.conditions = conditions;
  }

  /** What is wrong with the action itself; nobody is asked. */
  public List<Problem> invalid(Sql action) {
    List<Problem> problems = new ArrayList<>();
    for (var script : SqlTexts.scripts(action)) {
      try {
        script.checkAllowed();
      } catch (NotDoneException e) {
        problems.add(((Outcome.Failed) e.outcome()).problem());
      }
    }
    checkCount(action, problems);
    if (action.check() != null) {
      check(action.check(), problems);
    }
    return problems;
  }

  private static void checkCount(Sql action, List<Problem> problems) {
    var count = Script.of(action.statements()).statements().size();
    if (count == 0) {
      problems.add(new Problem("SqlEmpty", "There is no statement in sql.statements. Write one."));
    }
    if (action.transaction() == Sql.Transaction.None && count > 1) {
      problems.add(SqlStatements.several(count));
    }
  }

  private void check(Sql.Check check, List<Problem> problems) {
    var statements = Script.of(check.query()).statements();
    if (statements.size() != 1 || !statements.get(0).words().matches(QUERY)) {
      problems.add(
          new Problem("CheckInvalid", "sql.check.query is not one query. Let it be one SELECT."));
    }
    try {
      conditions.compiled(check.successCondition());
    } catch (InvalidExpressionException e) {
      problems.add(
          new Problem(
              "CheckInvalid",
              "sql.check.successCondition does not compile %s.".formatted(e.getMessage())));
    }
  }

  /** What is wrong with Secret and connection, or does not fit the database; in the background. */
  public CompletionStage<List<Problem>> problems(Sql action, Author author) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> {
          Markers.check(session);
          return new SqlTrial(session.connection(), session.name()).problems(action);
        },
        List::of);
  }

  /** Which database the action is about; asked in the background. */
  public CompletionStage<Found> identity(Sql action, Author author) {
    return looks.later(
        action.databaseRef().name(),
        author,
        session -> new Found(Optional.of(session.identity()), null),
        problem -> new Found(Optional.empty(), problem));
  }

  /**
   * What was found out about a database.
   *
   * @param identity which one it is; empty: it cannot be asked
   * @param problem why it cannot be asked; null: it can
   */
  public record Found(Optional<Identity> identity, Problem problem) {}
}
