package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ssl.SingleCertValidatingFactory;

/**
 * Opens sessions with users' databases, and nothing else does. Each is opened for one effect or one
 * look, with the credentials that are in the Secret at that moment, and never taken from a pool. A
 * database has at most two of them from this process, so that one that hangs keeps few threads and
 * an incident does not use up its connections.
 */
@ApplicationScoped
public class Sessions {
  private static final int AT_ONCE = 2;
  private static final Duration TURN = Duration.ofSeconds(20);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration LOGIN = Duration.ofSeconds(10);

  /**
   * The server ends a statement at its limit; a server that does not answer gets this much more.
   */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Nobody waits for what is taken away. */
  private static final Duration FORGETTING = Duration.ofSeconds(30);

  private static final String MAY_KNOW_SYSTEM =
      "SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')";
  private static final String SYSTEM =
      "SELECT system_identifier::text FROM pg_catalog.pg_control_system()";
  private static final String OID =
      "SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = current_database()";
  private static final String READ_ONLY =
      "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean";

  private final DatabaseSecrets secrets;
  private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();

  public Sessions(DatabaseSecrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Opens a session. It waits for its turn for at most 20 seconds.
   *
   * @param databaseRef name of the Secret
   * @param author whose rights on the Secret count
   * @param limit how long one statement may take; an answer is not waited for much longer
   * @throws NoSessionException with what is wrong and what to do about it
   */
  public Session open(String databaseRef, Author author, Duration limit) throws NoSessionException {
    var credentials = secrets.read(databaseRef, author);
    var turn = turn(credentials);
    Session session = null;
    try {
      session = connected(credentials, limit, turn::release);
      return session;
    } finally {
      if (session == null) {
        turn.release();
      }
    }
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

  /** Why there would be no session now; empty: there would be one. */
  public Optional<Problem> problem(String databaseRef, Author author) {
    try {
      open(databaseRef, author, CONNECT).close();
      return Optional.empty();
    } catch (NoSessionException e) {
      return Optional.of(e.problem());
    }
  }

  private Semaphore turn(Credentials to) throws NoSessionException {
    var turn = turns.computeIfAbsent(to.toString(), key -> new Semaphore(AT_ONCE, true));
    try {
      if (turn.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        return turn;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new NoSessionException(
        new Problem(
            "DatabaseBusy",
            "There are %d sessions with the %s already, and none came free. It is tried again."
                .formatted(AT_ONCE, to)));
  }

  private static Session connected(Credentials to, Duration limit, Runnable whenClosed)
      throws NoSessionException {
    Connection connection = null;
    Session session = null;
    try {
      connection = source(to, limit).getConnection();
      if ("t".equals(text(connection, READ_ONLY))) {
        throw ConnectProblems.readOnly(to);
      }
      session = new Session(connection, identity(connection), to.toString(), whenClosed);
      return session;
    } catch (SQLException e) {
      throw ConnectProblems.of(e, to);
    } finally {
      if (session == null) {
        discard(connection);
      }
    }
  }

  private static void discard(Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It is of no use any more either way.
    }
  }

  private static PGSimpleDataSource source(Credentials to, Duration limit) throws SQLException {
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {to.host()});
    source.setPortNumbers(new int[] {to.port()});
    source.setDatabaseName(to.database());
    source.setUser(to.user());
    source.setPassword(to.password());
    source.setSslMode(to.sslMode());
    if (to.rootCertificate() != null) {
      source.setSslfactory(SingleCertValidatingFactory.class.getName());
      source.setSslFactoryArg(to.rootCertificate());
    }
    source.setApplicationName("backstep");
    source.setTcpKeepAlive(true);
    source.setConnectTimeout((int) CONNECT.toSeconds());
    source.setLoginTimeout((int) LOGIN.toSeconds());
    source.setSocketTimeout((int) limit.plus(GRACE).toSeconds());
    // A plan that the server keeps for a name would not fit any more after a change of the table.
    source.setPrepareThreshold(0);
    // The server knows which type a bind variable has where it stands.
    source.setProperty("stringtype", "unspecified");
    return source;
  }

  private static Identity identity(Connection connection) throws SQLException {
    var known = "t".equals(text(connection, MAY_KNOW_SYSTEM));
    var system = known ? text(connection, SYSTEM) : null;
    return new Identity(system, Long.parseLong(text(connection, OID)));
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }
}
