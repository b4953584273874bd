package dev.backstep.database.swap;

import dev.backstep.cluster.Hashes;
import dev.backstep.database.Deadline;
import dev.backstep.database.NoSessionException;
import dev.backstep.database.NotDoneException;
import dev.backstep.database.Session;
import dev.backstep.database.Sessions;
import dev.backstep.database.SqlErrors;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions with the maintenance database in which effects of restores are done. Each is named after
 * the mark of its effect: whoever closes the effect ends those that are left of it, and so knows
 * that nothing more comes of it.
 */
@ApplicationScoped
public class SwapSessions {
  /** What is said to be done is not lost with the server, also where other commits may be. */
  private static final String DURABLE =
      "SELECT pg_catalog.set_config('synchronous_commit', 'on', false) WHERE pg_catalog.current_setting('synchronous_commit') = 'off'";

  private final Sessions sessions;
  private final Clock clock;

  public SwapSessions(Sessions sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  /** What an effect does in its session. */
  @FunctionalInterface
  interface Work {
    Outcome in(Session session, Deadline deadline) throws SQLException, NotDoneException;
  }

  /** What an effect does in two sessions. */
  @FunctionalInterface
  interface WorkOfTwo {
    Outcome in(Session one, Session other, Deadline deadline) throws SQLException, NotDoneException;
  }

  /** A session is opened, and closed at the end. */
  private interface Attempt {
    Outcome outcome() throws SQLException, NotDoneException, NoSessionException;
  }

  /**
   * Does something on the server that the effect is about, and says how it ended.
   *
   * @throws NotKnownException when the session was lost: what it was at may go on
   */
  Outcome ended(SwapEffect effect, Mark mark, Author author, Instant notAfter, Work work) {
    return ended(
        effect,
        () -> {
          try (var session =
              sessions.openMaintenance(effect.databaseRef(), author, effect.timeout())) {
            begin(session, effect, mark);
            return work.in(session, new Deadline(clock, notAfter));
          }
        });
  }

  /** As {@link #ended}, in two sessions that are open at the same time. */
  Outcome endedByTwo(
      SwapEffect effect, Mark mark, Author author, Instant notAfter, WorkOfTwo work) {
    return ended(
        effect,
        () -> {
          try (var pair =
              sessions.openMaintenancePair(effect.databaseRef(), author, effect.timeout())) {
            begin(pair.one(), effect, mark);
            begin(pair.other(), effect, mark);
            return work.in(pair.one(), pair.other(), new Deadline(clock, notAfter));
          }
        });
  }

  /** What is looked at to close an effect. */
  @FunctionalInterface
  interface Closing {
    Optional<Outcome> in(Session session) throws SQLException;
  }

  /**
   * Looks at how an effect ended, or sees to it that it is not done any more.
   *
   * @return how it ended; empty: it was not done
   * @throws NotKnownException when that could not be found out
   */
  Optional<Outcome> closing(SwapEffect effect, Mark mark, Author author, Closing closing) {
    try (var session = sessions.openMaintenance(effect.databaseRef(), author, effect.timeout())) {
      begin(session, effect, mark);
      return closing.in(session);
    } catch (NotDoneException e) {
      return Optional.of(new Outcome.Unknown(e.problem().message(), null));
    } catch (NoSessionException | SQLException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }

  private static Outcome ended(SwapEffect effect, Attempt attempt) {
    try {
      return attempt.outcome();
    } catch (NoSessionException e) {
      return new Outcome.NotSent(e.problem());
    } catch (NotDoneException e) {
      return e.outcome();
    } catch (SQLException e) {
      if (!SqlErrors.byServer(e)) {
        throw new NotKnownException(
            "the session was lost in which it was done: %s".formatted(e.getMessage()), e);
      }
      return SqlErrors.outcome(e, Map.of(), effect.summary());
    }
  }

  private static void begin(Session session, SwapEffect effect, Mark mark)
      throws SQLException, NotDoneException {
    expectServer(session, effect);
    session.limit(Commands.limits(effect.timeout()));
    var commands = new Commands(session.connection());
    commands.execute("SET application_name = '%s'".formatted(application(mark)));
    commands.execute(DURABLE);
  }

  /** Nothing is done on another server than the one that was looked at. */
  private static void expectServer(Session session, SwapEffect effect) throws NotDoneException {
    var expected = effect.database().system();
    var system = session.identity().system();
    if (expected != null && system != null && !expected.equals(system)) {
      throw new NotDoneException(new Outcome.Failed(anotherServer(session)));
    }
    if (!session.dbname().equals(effect.live())) {
      throw new NotDoneException(new Outcome.Failed(anotherName(session, effect)));
    }
  }

  private static Problem anotherServer(Session session) {
    return new Problem(
        "WrongServer",
        "The server of the %s is not the one that was looked at before: it was replaced, or Secret %s names another one. Nothing was done there."
            .formatted(session.name(), session.secret()));
  }

  private static Problem anotherName(Session session, SwapEffect effect) {
    return new Problem(
        "WrongDatabase",
        "Secret %s names database %s now, and not %s any more. Nothing was done there."
            .formatted(session.secret(), session.dbname(), effect.live()));
  }

  /** What sessions call themselves in which the effect with this mark is done. */
  static String application(Mark mark) {
    return "backstep %s".formatted(Hashes.of(mark.text()));
  }
}
