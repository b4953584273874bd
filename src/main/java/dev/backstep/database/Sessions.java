package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Opens sessions with users' databases, and nothing else does. Each is opened for one effect or one
 * look, with the credentials that are in the Secret at that moment, and never taken from a pool. A
 * database has at most two of them from this process, so that one that hangs keeps few threads and
 * an incident does not use up its connections.
 */
@ApplicationScoped
public class Sessions {
  static final int AT_ONCE = 2;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Nobody waits for what is taken away. */
  private static final Duration FORGETTING = Duration.ofSeconds(30);

  private final DatabaseSecrets secrets;
  private final SessionPlaces places = new SessionPlaces(AT_ONCE);

  public Sessions(DatabaseSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Opens a session that may write. It waits for its turn for at most 20 seconds.
   *
   * @param databaseRef name of the Secret
   * @param author whose rights on the Secret count
   * @param limit how long one statement may take; an answer is not waited for much longer
   * @throws NoSessionException with what is wrong and what to do about it
   */
  public Session open(String databaseRef, Author author, Duration limit) throws NoSessionException {
    return open(databaseRef, author, limit, Session.Use.WRITE);
  }

  /**
   * Opens a session in which nothing can be written; a standby will do. Else as {@link
   * #open(String, Author, Duration)}.
   */
  public Session openReading(String databaseRef, Author author, Duration limit)
      throws NoSessionException {
    return open(databaseRef, author, limit, Session.Use.READ);
  }

  /**
   * Opens a session that may write, with the database of the same server from which the one that
   * the Secret names can be renamed. Else as {@link #open(String, Author, Duration)}.
   */
  public Session openMaintenance(String databaseRef, Author author, Duration limit)
      throws NoSessionException {
    var credentials = secrets.read(databaseRef, author);
    return open(credentials.with(credentials.maintenance()), limit, Session.Use.WRITE);
  }

  /** Opens two sessions with that database at the same time, or none. */
  public Pair openMaintenancePair(String databaseRef, Author author, Duration limit)
      throws NoSessionException {
    var credentials = secrets.read(databaseRef, author);
    var to = credentials.with(credentials.maintenance());
    var turn = turn(to, 2);
    Session one = null;
    Pair pair = null;
    try {
      one = Connections.session(to, limit, Session.Use.WRITE, () -> {});
      pair = new Pair(one, Connections.session(to, limit, Session.Use.WRITE, () -> {}), turn);
      return pair;
    } finally {
      if (pair == null) {
        if (one != null) {
          one.close();
        }
        turn.run();
      }
    }
  }

  /**
   * Two sessions with one database; both are closed with it.
   *
   * @param whenClosed called when both are closed
   */
  public record Pair(Session one, Session other, Runnable whenClosed) implements AutoCloseable {
    @Override
    public void close() {
      try (one;
          other) {
        // What both have open is rolled back.
      } finally {
        whenClosed.run();
      }
    }
  }

  /**
   * Opens a session in which nothing can be written, with another database of the same server. Else
   * as {@link #open(String, Author, Duration)}.
   */
  public Session openReading(String databaseRef, Author author, Duration limit, String database)
      throws NoSessionException {
    return open(secrets.read(databaseRef, author).with(database), limit, Session.Use.READ);
  }

  private Session open(String databaseRef, Author author, Duration limit, Session.Use use)
      throws NoSessionException {
    return open(secrets.read(databaseRef, author), limit, use);
  }

  private Session open(Credentials credentials, Duration limit, Session.Use use)
      throws NoSessionException {
    var turn = turn(credentials, 1);
    Session session = null;
    try {
      session = Connections.session(credentials, limit, use, turn);
      return session;
    } finally {
      if (session == null) {
        turn.run();
      }
    }
  }

  private Runnable turn(Credentials to, int count) throws NoSessionException {
    return places.take(to.toString(), count, LONGEST_WAIT).orElseThrow(() -> busy(to));
  }

  private static NoSessionException busy(Credentials to) {
    return new NoSessionException(
        new Problem(
            "DatabaseBusy",
            "The operator has %d sessions with the %s already, which is the most that it opens, and none of them ended within %d s. It is tried again."
                .formatted(AT_ONCE, to, LONGEST_WAIT.toSeconds())));
  }

  /** What is done to a database in a session with it. */
  @FunctionalInterface
  interface Work {
    Outcome in(Session session) throws SQLException, NotDoneException, NoSessionException;
  }

  /** Does something to the database that the effect is about, and says how it ended. */
  Outcome ended(SqlEffect effect, Author author, Work work) {
    try (var session = open(effect.databaseRef(), author, effect.statementTimeout())) {
      session.expect(effect.database());
      return work.in(session);
    } catch (NoSessionException e) {
      return new Outcome.NotSent(e.problem());
    } catch (NotDoneException e) {
      return e.outcome();
    } catch (SQLException e) {
      return SqlErrors.outcome(e, effect.binds());
    }
  }

  /**
   * Takes away what the effects of a run left in the database: rows of its tables, and what was
   * said of them.
   *
   * @return why it could not be done, and how a human does it; empty: nothing is left
   */
  Optional<Problem> forgotten(SqlEffect effect, String claim, Author author) {
    try (var session = open(effect.databaseRef(), author, FORGETTING)) {
      session.begin(false, new Session.Limits(FORGETTING, FORGETTING));
      Markers.forget(session, claim);
      session.connection().commit();
      return Optional.empty();
    } catch (NoSessionException e) {
      return Optional.of(notForgotten(effect, claim, e.problem().message()));
    } catch (SQLException e) {
      return Optional.of(notForgotten(effect, claim, SqlErrors.said(e, Map.of())));
    }
  }

  private static Problem notForgotten(SqlEffect effect, String claim, String why) {
    return new Problem(
        "NotForgotten",
        "What a run that is not needed any more remembered in %s could not be deleted: %s To do it by hand: DELETE FROM backstep.effect WHERE mark LIKE '%s/%%';"
            .formatted(effect.target(), Sentences.of(why), claim));
  }

  /** Why there would be no session now in which something could be written; empty: there would. */
  public Optional<Problem> problem(String databaseRef, Author author) {
    return problem(databaseRef, author, Session.Use.WRITE);
  }

  /** Why there would be no session now in which something could be read; empty: there would. */
  public Optional<Problem> problemReading(String databaseRef, Author author) {
    return problem(databaseRef, author, Session.Use.READ);
  }

  private Optional<Problem> problem(String databaseRef, Author author, Session.Use use) {
    try {
      open(databaseRef, author, LOOK, use).close();
      return Optional.empty();
    } catch (NoSessionException e) {
      return Optional.of(e.problem());
    }
  }
}
