package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What would keep SQL from working, found before it is sent. */
@ApplicationScoped
public class SqlPreflight {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Sessions sessions;
  private final CheckConditions conditions;

  public SqlPreflight(Sessions sessions, CheckConditions conditions) {
    this.sessions = sessions;
    this.conditions = conditions;
  }

  /**
   * What is wrong with the action itself; nobody is asked.
   *
   * @param arguments names of the arguments that have a value
   */
  public List<Problem> invalid(Sql action, Collection<String> arguments) {
    List<Problem> problems = new ArrayList<>();
    for (var sql : SqlTexts.all(action)) {
      try {
        Script.of(sql).check(arguments);
      } catch (NotDoneException e) {
        problems.add(((Outcome.Failed) e.outcome()).problem());
      }
    }
    try {
      if (action.check() != null) {
        conditions.compiled(action.check().successCondition());
      }
    } catch (InvalidExpressionException e) {
      problems.add(
          new Problem(
              "CheckInvalid",
              "sql.check.successCondition does not compile %s.".formatted(e.getMessage())));
    }
    return problems;
  }

  /** What is wrong with Secret, connection and the user's rights; asks the database, and waits. */
  public List<Problem> problems(Sql action, Author author) {
    try (var session = sessions.open(action.databaseRef().name(), author, LIMIT)) {
      Markers.check(session);
      return List.of();
    } catch (NoSessionException e) {
      return List.of(e.problem());
    }
  }

  /**
   * Which database the action is about; asks it, and waits.
   *
   * @throws NoSessionException when it cannot be asked
   */
  public Identity identity(Sql action, Author author) throws NoSessionException {
    try (var session = sessions.open(action.databaseRef().name(), author, LIMIT)) {
      return session.identity();
    }
  }
}
