package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.problem.Problem;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What would keep SQL from working, found before it is sent. */
@ApplicationScoped
public class SqlPreflight {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Sessions sessions;
  private final CheckConditions conditions;

  /** Sessions let two through to each database, so a few databases that hang hold up no others. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public SqlPreflight(Sessions sessions, CheckConditions conditions) {
    this.sessions = sessions;
    this.conditions = conditions;
  }

  /** What is wrong with the action itself, beside its args; nobody is asked. */
  public List<Problem> invalid(Sql action) {
    List<Problem> problems = new ArrayList<>();
    for (var sql : SqlTexts.all(action)) {
      try {
        Script.of(sql).checkAllowed();
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

  /** What is wrong with Secret, connection and the user's rights; asked in the background. */
  public CompletionStage<List<Problem>> problems(Sql action, Author author) {
    return CompletableFuture.supplyAsync(() -> wrong(action, author), threads);
  }

  private List<Problem> wrong(Sql action, Author author) {
    try (var session = sessions.open(action.databaseRef().name(), author, LIMIT)) {
      Markers.check(session);
      return List.of();
    } catch (NoSessionException e) {
      return List.of(e.problem());
    }
  }

  /** Which database the action is about; asked in the background. */
  public CompletionStage<Found> identity(Sql action, Author author) {
    return CompletableFuture.supplyAsync(() -> found(action, author), threads);
  }

  private Found found(Sql action, Author author) {
    try (var session = sessions.open(action.databaseRef().name(), author, LIMIT)) {
      return new Found(Optional.of(session.identity()), null);
    } catch (NoSessionException e) {
      return new Found(Optional.empty(), e.problem());
    }
  }

  /**
   * What was found out about a database.
   *
   * @param identity which one it is; empty: it cannot be asked
   * @param problem why it cannot be asked; null: it can
   */
  public record Found(Optional<Identity> identity, Problem problem) {}

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }
}
