package dev.backstep.database;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.database.Session.Limits;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Asks databases one question at a time, in the background: whoever asks does not wait. Nothing of
 * it is ever committed.
 */
@ApplicationScoped
public class Queries {
  /** Looking at a query, which the server only has to understand, may take so long. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Sessions sessions;
  private final DatabaseLooks looks;

  public Queries(Sessions sessions, DatabaseLooks looks) {
    this.sessions = sessions;
    this.looks = looks;
  }

  /** What is made of an answer, while it is there. */
  @FunctionalInterface
  interface Reader<T> {
    T of(ResultSet result) throws SQLException;
  }

  /** What is wrong with a query as it is written; empty: nothing. */
  public static Optional<Problem> invalid(Query query) {
    var all = Script.of(query.query());
    return problem(query, all.names());
  }

  private static Optional<Problem> problem(Query query, Collection<String> args) {
    try {
      statement(query, args);
      setup(query, args);
      return Optional.empty();
    } catch (NotDoneException e) {
      return Optional.of(new Problem("QueryInvalid", SqlErrors.said(e.outcome())));
    }
  }

  private static Script.Statement statement(Query query, Collection<String> args)
      throws NotDoneException {
    var script = checked(query.query(), args);
    if (script.statements().size() != 1) {
      throw NotDoneException.failed(
          "QueryInvalid",
          "The query has %d statements. Let it be one SELECT; what comes before it goes into setup of a gate."
              .formatted(script.statements().size()));
    }
    return script.statements().get(0);
  }

  private static List<Script.Statement> setup(Query query, Collection<String> args)
      throws NotDoneException {
    return checked(query.setup(), args).statements();
  }

  private static Script checked(String sql, Collection<String> args) throws NotDoneException {
    var script = Script.of(sql);
    script.check(args);
    return script;
  }

  /**
   * Asks; the caller's thread does not wait. The stage fails with a {@link ProblemException} in a
   * {@link CompletionException} where there is no answer; a {@link SessionEndedException} where
   * there may be one in a moment.
   *
   * @param binds values of the plan's args
   */
  public CompletionStage<QueryAnswer> ask(Query query, Author author, Map<String, String> binds) {
    return ask(query, author, binds, QueryAnswer::of);
  }

  /**
   * As {@link #ask(Query, Author, Map)}, in another database of the same server; nothing is written
   * there, so there is no {@code setup}.
   *
   * @param database its name
   * @param expected which one it is; another one of that name is not asked
   */
  public CompletionStage<QueryAnswer> ask(
      Query query, Author author, Map<String, String> binds, String database, Identity expected) {
    var limit = Durations.of(query.timeout());
    Opening opening =
        () -> sessions.openReading(query.databaseRef().name(), author, limit, database);
    return later(
        () -> asked(() -> expected(opening.session(), expected), query, binds, QueryAnswer::of));
  }

  private static Session expected(Session session, Identity expected) throws NoSessionException {
    if (session.identity().differs(expected)) {
      session.close();
      throw new NoSessionException(session.another());
    }
    return session;
  }

  /** Opens the session in which it is asked. */
  private interface Opening {
    Session session() throws NoSessionException;
  }

  /** As {@link #ask(Query, Author, Map)}, for those who want something else of the answer. */
  <T> CompletionStage<T> ask(
      Query query, Author author, Map<String, String> binds, Reader<T> reader) {
    Opening opening = () -> open(query, author, Durations.of(query.timeout()));
    return later(() -> asked(opening, query, binds, reader));
  }

  /** Asked in the background. */
  private interface Asking<T> {
    T answer() throws ProblemException;
  }

  private <T> CompletionStage<T> later(Asking<T> asking) {
    return looks.later(
        () -> {
          try {
            return asking.answer();
          } catch (ProblemException e) {
            throw new CompletionException(e);
          }
        });
  }

  private static <T> T asked(
      Opening opening, Query query, Map<String, String> binds, Reader<T> reader)
      throws ProblemException {
    try (var session = opening.session()) {
      begin(session, query, Durations.of(query.timeout()));
      for (var statement : setup(query, binds.keySet())) {
        try (var prepared = statement.prepared(session.connection(), binds)) {
          prepared.execute();
        }
      }
      try (var prepared = statement(query, binds.keySet()).prepared(session.connection(), binds)) {
        prepared.setMaxRows(QueryAnswer.MOST_ROWS);
        if (!prepared.execute()) {
          throw new ProblemException(
              new Problem("QueryInvalid", "The query answers nothing. Let it be one SELECT."));
        }
        return reader.of(prepared.getResultSet());
      }
    } catch (NoSessionException e) {
      throw e.passes() ? new SessionEndedException(e.problem()) : new ProblemException(e.problem());
    } catch (NotDoneException e) {
      throw new ProblemException(new Problem("QueryInvalid", SqlErrors.said(e.outcome())));
    } catch (SQLException e) {
      var problem = problem(e, query, binds);
      throw SqlErrors.ended(e) ? new SessionEndedException(problem) : new ProblemException(problem);
    }
  }

  /**
   * What would keep the query from being answered now; the caller's thread does not wait. What
   * {@code setup} makes is not there, so with it only the session is looked at.
   *
   * @param binds values of the plan's args
   */
  public CompletionStage<List<Problem>> problems(
      Query query, Author author, Map<String, String> binds) {
    return looks.later(() -> found(query, author, binds));
  }

  private List<Problem> found(Query query, Author author, Map<String, String> binds) {
    var written = problem(query, binds.keySet());
    if (written.isPresent()) {
      return List.of(written.get());
    }
    try (var session = open(query, author, LOOK)) {
      begin(session, query, LOOK);
      if (query.setup() == null) {
        understood(session, query, binds);
      }
      return List.of();
    } catch (NoSessionException e) {
      return List.of(e.problem());
    } catch (NotDoneException e) {
      return List.of(new Problem("QueryInvalid", SqlErrors.said(e.outcome())));
    } catch (SQLException e) {
      return List.of(problem(e, query, binds));
    }
  }

  /** The server looks up tables, columns and rights. */
  private static void understood(Session session, Query query, Map<String, String> binds)
      throws SQLException, NotDoneException {
    try (var prepared = statement(query, binds.keySet()).prepared(session.connection(), binds)) {
      prepared.getMetaData();
    }
  }

  private Session open(Query query, Author author, Duration limit) throws NoSessionException {
    var database = query.databaseRef().name();
    return query.setup() == null
        ? sessions.openReading(database, author, limit)
        : sessions.open(database, author, limit);
  }

  private static void begin(Session session, Query query, Duration limit) throws SQLException {
    session.begin(false, new Limits(limit, limit));
    if (query.setup() == null) {
      try (var statement = session.connection().createStatement()) {
        statement.execute("SET TRANSACTION READ ONLY");
      }
    }
  }

  private static Problem problem(SQLException e, Query query, Map<String, String> binds) {
    return switch (String.valueOf(e.getSQLState())) {
      case "57014" ->
          new Problem(
              "QueryTimeout",
              "The query took longer than its timeout of %s.".formatted(query.timeout()));
      case "25006" ->
          new Problem(
              "QueryWrites",
              "The query writes, and a question must not: %s Statements that write go into setup of a gate, and are rolled back."
                  .formatted(SqlErrors.said(e, binds)));
      default ->
          new Problem(
              "QueryFailed",
              "The query failed with SQLSTATE %s: %s"
                  .formatted(e.getSQLState(), SqlErrors.said(e, binds)));
    };
  }
}
