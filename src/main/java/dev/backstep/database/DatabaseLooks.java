package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/** Looks at databases, here or in the background; nothing is changed by it. */
@ApplicationScoped
public class DatabaseLooks {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Sessions sessions;

  /** Sessions let two through to each database, so a few databases that hang hold up no others. */
  private final ExecutorService threads;

  @Inject
  public DatabaseLooks(Sessions sessions) {
    this(sessions, Executors.newCachedThreadPool());
  }

  /** With threads of the caller's choice. */
  DatabaseLooks(Sessions sessions, ExecutorService threads) {
    this.sessions = sessions;
    this.threads = threads;
  }

  /** What is asked in a session. */
  @FunctionalInterface
  public interface Question<T> {
    T in(Session session) throws SQLException, NoSessionException;
  }

  /**
   * Asks, and waits.
   *
   * @param otherwise the answer where there is no session, or none in which it could be asked
   */
  <T> T look(
      String databaseRef, Author author, Question<T> question, Function<Problem, T> otherwise) {
    return look(() -> sessions.open(databaseRef, author, LIMIT), question, otherwise);
  }

  /** Opens the session in which it is asked. */
  private interface Opening {
    Session session() throws NoSessionException;
  }

  private static <T> T look(Opening opening, Question<T> question, Function<Problem, T> otherwise) {
    try (var session = opening.session()) {
      return asked(session, question, otherwise);
    } catch (NoSessionException e) {
      return otherwise.apply(e.problem());
    }
  }

  private static <T> T asked(Session session, Question<T> question, Function<Problem, T> otherwise)
      throws NoSessionException {
    try {
      return question.in(session);
    } catch (SQLException e) {
      return otherwise.apply(
          new Problem(
              "DatabaseNotAsked",
              "The %s does not say what is asked: %s It is tried again."
                  .formatted(session.name(), SqlErrors.said(e, Map.of()))));
    }
  }

  /** As {@link #look}, in the background. */
  public <T> CompletionStage<T> later(
      String databaseRef, Author author, Question<T> question, Function<Problem, T> otherwise) {
    return later(() -> look(databaseRef, author, question, otherwise));
  }

  /**
   * Asks in the background what the database of the same server says from which the one that the
   * Secret names can be renamed.
   */
  public <T> CompletionStage<T> maintenance(
      String databaseRef, Author author, Question<T> question, Function<Problem, T> otherwise) {
    return later(
        () ->
            look(() -> sessions.openMaintenance(databaseRef, author, LIMIT), question, otherwise));
  }

  /**
   * Asks in the background, in a session in which nothing can be written; a standby will do.
   *
   * @param limit how long the answer may take
   */
  public <T> CompletionStage<T> reading(
      String databaseRef,
      Author author,
      Duration limit,
      Question<T> question,
      Function<Problem, T> otherwise) {
    return later(
        () -> look(() -> sessions.openReading(databaseRef, author, limit), question, otherwise));
  }

  /** Does this in the background. */
  <T> CompletionStage<T> later(Supplier<T> look) {
    return CompletableFuture.supplyAsync(look, threads);
  }

  @PreDestroy
  void stop() {
    threads.shutdownNow();
  }
}
