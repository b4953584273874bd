package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections with servers, and what has to be true of a server before anything is sent to it. */
final class Connections {
  private static final int OLDEST_VERSION = 140000;
  private static final Duration LOGIN = Duration.ofSeconds(10);

  /**
   * The server ends a statement at its limit; a server that does not answer gets this much more.
   */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** In bytes, as the driver writes it. */
  private static final String LARGEST_ANSWER = "16M";

  private final Credentials to;
  private final Duration limit;

  private Connections(Credentials to, Duration limit) {
    this.to = to;
    this.limit = limit;
  }

  /**
   * Opens a session.
   *
   * @param limit how long one statement may take
   * @param whenClosed called when the session is closed
   */
  static Session session(Credentials to, Duration limit, Session.Use use, Runnable whenClosed)
      throws NoSessionException {
    return new Connections(to, limit).session(use, whenClosed);
  }

  private Session session(Session.Use use, Runnable whenClosed) throws NoSessionException {
    Connection connection = null;
    Session session = null;
    try {
      connection = source().getConnection();
      var server = Server.of(connection);
      check(server, use);
      checkPooler(server, connection);
      var opened = new Session(connection, server.identity(), to, whenClosed);
      opened.prepare(use, limit);
      session = opened;
      return session;
    } catch (SQLException e) {
      throw ConnectProblems.of(e, to);
    } finally {
      if (session == null) {
        discard(connection);
      }
    }
  }

  private void check(Server server, Session.Use use) throws NoSessionException {
    if (server.version() < OLDEST_VERSION) {
      throw ConnectProblems.tooOld(to, server.version());
    }
    if (use == Session.Use.WRITE && server.standby()) {
      throw ConnectProblems.standby(to);
    }
    if (use == Session.Use.WRITE && server.readOnly()) {
      throw ConnectProblems.readOnly(to);
    }
  }

  /** A pooler is only seen through by a second connection, which is opened where there is one. */
  private void checkPooler(Server server, Connection connection)
      throws SQLException, NoSessionException {
    if (server.isBehindPooler(connection)) {
      try (var other = source().getConnection()) {
        if (server.isShared(connection, other)) {
          throw ConnectProblems.pooled(to);
        }
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

  private PGSimpleDataSource source() throws SQLException {
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {to.host()});
    source.setPortNumbers(new int[] {to.port()});
    source.setDatabaseName(to.database());
    source.setUser(to.user());
    source.setPassword(to.password());
    source.setSslMode(to.sslMode());
    if (to.rootCertificates() != null) {
      source.setSslfactory(RootCertificates.class.getName());
      source.setSslFactoryArg(to.rootCertificates());
    }
    source.setApplicationName("backstep");
    source.setTcpKeepAlive(true);
    source.setConnectTimeout((int) CONNECT.toSeconds());
    source.setLoginTimeout((int) LOGIN.toSeconds());
    source.setSocketTimeout((int) limit.plus(GRACE).toSeconds());
    // A plan that the server keeps for a name would not fit any more after a change of the table.
    source.setPrepareThreshold(0);
    // One value may have a gigabyte, and nothing here needs that.
    source.setMaxResultBuffer(LARGEST_ANSWER);
    // The server knows which type a bind variable has where it stands.
    source.setProperty("stringtype", "unspecified");
    return source;
  }
}
