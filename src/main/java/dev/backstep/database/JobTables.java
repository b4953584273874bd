package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Which rows of job tables are left to be paused, and what keeps them from being paused. */
@ApplicationScoped
public class JobTables {
  /** Nobody else is kept waiting behind it for longer; it is tried again. */
  private static final Duration LOCK = Duration.ofSeconds(2);

  /** For queries that look for rows, which lock nothing. */
  private static final Duration STATEMENT = Duration.ofSeconds(60);

  private final DatabaseLooks looks;

  public JobTables(DatabaseLooks looks) {
    this.looks = looks;
  }

  /** How it stands with rows that are to be set. */
  public enum Rows {
    NONE,
    /** There are some, and all of them are locked by others. */
    LOCKED,
    SOME
  }

  /**
   * What was found.
   *
   * @param identity which database it is; empty: it cannot be asked now
   * @param problems why it cannot be done, or not now
   * @param pending rows that are to be paused
   * @param setBack true: some of them were paused before, and somebody set them back
   * @param stuck rows that are to be failed
   */
  public record Found(
      Optional<Identity> identity,
      List<Problem> problems,
      Rows pending,
      boolean setBack,
      Rows stuck) {

    private static Found not(Optional<Identity> identity, List<Problem> problems) {
      return new Found(identity, problems, Rows.NONE, false, Rows.NONE);
    }
  }

  /**
   * What is left to do; asked in the background.
   *
   * @param paused what the marks begin with of the effects that had paused all rows; empty: nothing
   *     did yet
   */
  public CompletionStage<Found> look(JobTable queue, Optional<String> paused, Author author) {
    return looks.later(
        queue.databaseRef().name(),
        author,
        session -> found(queue, paused, session),
        problem -> Found.not(Optional.empty(), List.of(problem)));
  }

  private static Found found(JobTable queue, Optional<String> paused, Session session)
      throws SQLException {
    var identity = Optional.of(session.identity());
    var connection = session.connection();
    var problems = new JobTableCheck(connection, session.name()).ofTable(queue);
    if (!problems.isEmpty()) {
      return Found.not(identity, problems);
    }
    try {
      var pending = rows(connection, queue, queue.pause());
      return new Found(
          identity,
          List.of(),
          pending,
          pending == Rows.SOME && paused.isPresent() && setBack(connection, queue, paused.get()),
          rows(connection, queue, queue.failStuck()));
    } catch (NotDoneException e) {
      return Found.not(identity, List.of(SqlErrors.problem(e.outcome())));
    }
  }

  private static Rows rows(Connection connection, JobTable queue, JobTable.Rows rows)
      throws SQLException, NotDoneException {
    if (rows == null) {
      return Rows.NONE;
    }
    var texts = JobTableCheck.texts(connection, queue, rows);
    if (BegunUpdate.count(connection, texts, 1) == 0) {
      return Rows.NONE;
    }
    try (var query = connection.prepareStatement(texts.free());
        var free = query.executeQuery()) {
      return free.next() ? Rows.SOME : Rows.LOCKED;
    }
  }

  /** A job that is new is no interference; one that was paused and is not any more is. */
  private static boolean setBack(Connection connection, JobTable queue, String marks)
      throws SQLException, NotDoneException {
    if (!RememberedRows.any(connection)) {
      return false;
    }
    var texts = JobTableCheck.texts(connection, queue, queue.pause());
    try (var query = connection.prepareStatement(texts.setBack())) {
      query.setString(1, marks);
      try (var found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  /** What keeps it from being done; asked in the background. */
  public CompletionStage<List<Problem>> problems(JobTable queue, Author author) {
    return looks.later(
        queue.databaseRef().name(),
        author,
        session -> {
          Markers.check(session);
          return new JobTableCheck(session.connection(), session.name()).of(queue);
        },
        List::of);
  }

  /**
   * The effect that sets rows.
   *
   * @param rows of the queue
   * @param kept true: they come back
   * @param what becomes of them, in a word
   */
  public static BatchedUpdate effect(
      JobTable queue, JobTable.Rows rows, boolean kept, Identity database, String what) {
    return new BatchedUpdate(
        queue.databaseRef().name(),
        database,
        queue.table(),
        queue.key(),
        rows.where(),
        rows.set(),
        kept,
        kept && queue.resume() != null ? queue.resume().set() : null,
        LOCK,
        STATEMENT,
        null,
        "database %s: rows of table %s %s"
            .formatted(queue.databaseRef().name(), queue.table(), what),
        null,
        null);
  }
}
