package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;

/** An open session; what was not committed is rolled back when it is closed. */
public final class Session implements AutoCloseable {
  /** A process that went silent in the middle of its transaction loses it: it can be closed. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** Who reads or writes files of the server, or starts programs there, is as good as its owner. */
  private static final String MIGHTY =
      """
      SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE
        pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') AND (r.rolsuper OR r.rolname IN
          ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')))
      """;

  private final Connection connection;
  private final Identity identity;
  private final Credentials to;
  private final Runnable whenClosed;

  Session(Connection connection, Identity identity, Credentials to, Runnable whenClosed) {
    this.connection = connection;
    this.identity = identity;
    this.to = to;
    this.whenClosed = whenClosed;
  }

  public Connection connection() {
    return connection;
  }

  /** Which database this is. */
  public Identity identity() {
    return identity;
  }

  /** Database and address, for people. */
  public String name() {
    return to.toString();
  }

  /** The database that the Secret names, whichever this session is with. */
  public String dbname() {
    return to.dbname();
  }

  /** The user of the Secret, whom the session is of. */
  public String user() {
    return to.user();
  }

  /** The Secret, by namespace and name. */
  public String secret() {
    return to.secret();
  }

  /** How much the disk of the server holds, as the Secret says; empty: it does not. */
  public OptionalLong diskBytes() {
    return to.diskBytes() == null ? OptionalLong.empty() : OptionalLong.of(to.diskBytes());
  }

  /**
   * True when its user may do what the server's owner may: what is executed in the name of such a
   * user, such as what a dump has in it, may do anything.
   */
  public boolean isMighty() throws SQLException {
    try (var statement = connection.createStatement();
        var said = statement.executeQuery(MIGHTY)) {
      said.next();
      return said.getBoolean(1);
    }
  }

  /**
   * The command by which its owner lets the user of this session do something with the database.
   */
  public String grant(String right) {
    return "GRANT %s ON DATABASE \"%s\" TO \"%s\";".formatted(right, to.database(), to.user());
  }

  /**
   * Nothing is done in another database than the one that was looked at.
   *
   * @throws NotDoneException when this is another one
   */
  void expect(Identity expected) throws NotDoneException {
    if (identity.differs(expected)) {
      throw new NotDoneException(new Outcome.Failed(another()));
    }
  }

  /** This is not the database that an effect was meant for. */
  Problem another() {
    return new Problem(
        "WrongDatabase",
        "%s is not the database that was looked at before: it was replaced, as by a restore."
            .formatted(name()));
  }

  /** What a session is for. */
  enum Use {
    READ,
    WRITE
  }

  /**
   * Makes the session ours: what a name means, how values are written and how long a statement may
   * take does not depend on settings of the server, the database or the user.
   */
  void prepare(Use use, Duration limit) throws SQLException {
    execute("SET search_path = public, pg_temp; SET TimeZone = 'UTC'");
    execute("SET default_transaction_read_only = %s".formatted(use == Use.READ ? "on" : "off"));
    execute("SET idle_in_transaction_session_timeout = %d".formatted(IDLE.toMillis()));
    limit(new Limits(limit, limit));
  }

  /**
   * Begins a transaction.
   *
   * @param steady true: all of its statements see the same rows, and it fails rather than change a
   *     row that somebody else changed meanwhile
   */
  public void begin(boolean steady, Limits limits) throws SQLException {
    connection.setAutoCommit(false);
    execute(
        "SET TRANSACTION ISOLATION LEVEL %s"
            .formatted(steady ? "REPEATABLE READ" : "READ COMMITTED"));
    execute(limits.settings("SET LOCAL"));
  }

  /** Sets the limits for statements outside of a transaction. */
  public void limit(Limits limits) throws SQLException {
    execute(limits.settings("SET"));
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * How long the server lets a statement take.
   *
   * @param lock waiting for one lock
   * @param statement all of it
   */
  public record Limits(Duration lock, Duration statement) {
    /** The shorter ones of both. */
    Limits atMost(Limits other) {
      return new Limits(shorter(lock, other.lock), shorter(statement, other.statement));
    }

    private static Duration shorter(Duration one, Duration other) {
      return one.compareTo(other) < 0 ? one : other;
    }

    String settings(String set) {
      return "%1$s lock_timeout = %2$d; %1$s statement_timeout = %3$d"
          .formatted(set, lock.toMillis(), statement.toMillis());
    }
  }

  @Override
  public void close() {
    try (connection) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
    } catch (SQLException e) {
      // The server rolls back by itself what a lost session did not commit.
    } finally {
      whenClosed.run();
    }
  }
}
