package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Transactions that write the mark of their effect first, as a row: so the database knows whether
 * the effect was done, and whoever comes second waits for that row and does nothing. What other
 * sessions cause, such as a lock that is not free, is {@link Outcome.NotSent}: nothing was done,
 * and it may be tried again.
 */
@ApplicationScoped
public class MarkedTransactions {
  static final String FORGOTTEN =
      "the %s does not know of the effect that is to be taken back: its content was replaced, as by a restore";

  /** Reason: a trial came to its limits, which says nothing of the effect. */
  static final String NOT_TRIED = "NotTried";

  /** Who only looks holds up nobody for longer. */
  private static final Session.Limits TRIAL =
      new Session.Limits(Duration.ofSeconds(2), Duration.ofSeconds(20));

  private final Sessions sessions;
  private final Clock clock;

  public MarkedTransactions(Sessions sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  /** What an effect does between the beginning of its transaction and the commit. */
  @FunctionalInterface
  interface Body {
    /**
     * Does it.
     *
     * @throws NotDoneException when it is to be rolled back, with how the effect ends then
     */
    Outcome.Applied done(Connection connection, String mark) throws SQLException, NotDoneException;
  }

  /** Carries an effect out, once. */
  Outcome done(SqlEffect effect, Mark mark, Author author, Instant notAfter, Body body) {
    var deadline = new Deadline(clock, notAfter);
    return sessions.ended(
        effect,
        author,
        session -> {
          Markers.make(session, effect.limits());
          return done(session, effect, mark.text(), deadline, body);
        });
  }

  private static Outcome done(
      Session session, SqlEffect effect, String mark, Deadline deadline, Body body)
      throws SQLException, NotDoneException {
    var connection = session.connection();
    deadline.check();
    session.begin(effect.steady(), effect.limits());
    if (!marked(connection, mark)) {
      return earlier(connection, mark);
    }
    var transaction = transaction(connection);
    var applied =
        forgotten(connection, effect)
            ? new Outcome.Applied(null, "nothing was done", FORGOTTEN.formatted(session.name()))
            : body.done(connection, mark);
    if (!transaction.equals(transaction(connection))) {
      return new Outcome.Unknown(
          "The SQL ended its transaction, so a part of it may have been committed. Look at the %s."
              .formatted(session.name()),
          null);
    }
    Markers.finish(connection, mark, applied);
    deadline.check();
    commit(connection, effect);
    return applied;
  }

  /** What is seen of an effect that is not to stay. */
  @FunctionalInterface
  interface Trial<T> {
    /**
     * Does it, and looks.
     *
     * @throws NotDoneException when it cannot be done
     */
    T done(Connection connection, String mark) throws SQLException, NotDoneException;
  }

  /**
   * Carries an effect out and rolls it back. Nothing stays but what no transaction rolls back, such
   * as the number that a sequence is at. It waits for locks, and keeps its own, for a short time.
   *
   * @throws NotDoneException when it cannot be done, with how the effect would end
   */
  <T> T tried(SqlEffect effect, Author author, Trial<T> trial) throws NotDoneException {
    var limits = effect.limits().atMost(TRIAL);
    try (var session = sessions.open(effect.databaseRef(), author, limits.statement())) {
      session.expect(effect.database());
      session.begin(effect.steady(), limits);
      Markers.make(session, limits);
      var mark = "trial/%s".formatted(UUID.randomUUID());
      Markers.set(session.connection(), mark, Markers.State.done);
      return trial.done(session.connection(), mark);
    } catch (NoSessionException e) {
      throw new NotDoneException(new Outcome.NotSent(e.problem()));
    } catch (NotDoneException e) {
      throw new NotDoneException(ofTrial(e.outcome(), limits));
    } catch (SQLException e) {
      throw new NotDoneException(ofTrial(SqlErrors.outcome(e, effect.binds()), limits));
    }
  }

  private static Outcome ofTrial(Outcome outcome, Session.Limits limits) {
    if (outcome instanceof Outcome.NotSent later
        && later.problem().reason().equals(SqlErrors.LOCK_TIMEOUT)) {
      return notTried("a lock was not free within %d s".formatted(limits.lock().toSeconds()));
    }
    return outcome instanceof Outcome.Failed failed
            && failed.problem().reason().equals(SqlErrors.STATEMENT_TIMEOUT)
        ? notTried("a statement took more than %d s".formatted(limits.statement().toSeconds()))
        : outcome;
  }

  private static Outcome notTried(String why) {
    return new Outcome.NotSent(
        new Problem(
            NOT_TRIED,
            "It was not tried to its end, because %s. Nothing is changed.".formatted(why)));
  }

  /**
   * Takes away what the effects of a run left in a database.
   *
   * @return why it could not be done, and how a human does it; empty: nothing is left
   */
  Optional<Problem> forgotten(SqlEffect effect, String claim, Author author) {
    return sessions.forgotten(effect, claim, author);
  }

  /** Somebody who carries out this very effect at this moment may still commit it. */
  private static boolean marked(Connection connection, String mark) throws SQLException {
    try {
      return Markers.set(connection, mark, Markers.State.done);
    } catch (SQLException e) {
      if (SqlErrors.isOfOthers(e)) {
        throw new NotKnownException("effect %s is being carried out".formatted(mark), e);
      }
      throw e;
    }
  }

  private static Outcome earlier(Connection connection, String mark) throws SQLException {
    return Markers.row(connection, mark)
        .map(Markers.Row::outcome)
        .orElseThrow(
            () -> new NotKnownException("effect %s was being carried out".formatted(mark)));
  }

  private static String transaction(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT txid_current()")) {
      result.next();
      return result.getString(1);
    }
  }

  /** An earlier state of the database was put back: it does not know the effect to take back. */
  private static boolean forgotten(Connection connection, SqlEffect effect) throws SQLException {
    return effect.reverses() != null
        && Markers.row(connection, effect.reverses())
            .filter(row -> row.state() == Markers.State.done)
            .isEmpty();
  }

  /** Only what the server itself says of a commit is known. */
  private static void commit(Connection connection, SqlEffect effect) throws NotDoneException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlErrors.byServer(e)) {
        throw new NotDoneException(SqlErrors.outcome(e, effect.binds()));
      }
      throw new NotKnownException("the answer to a commit was lost", e);
    }
  }
}
