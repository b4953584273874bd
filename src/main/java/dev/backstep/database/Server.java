package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * What is at the other end of a connection.
 *
 * @param process of the server that executes what is sent
 * @param version such as 170010
 * @param standby true: it follows another server and takes no writes
 * @param readOnly true: it, the database or the user is set to take no writes
 * @param identity which database it is
 */
record Server(int process, int version, boolean standby, boolean readOnly, Identity identity) {
  private static final String ASKED =
      """
      SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version_num'),
        pg_catalog.pg_is_in_recovery(),
        pg_catalog.current_setting('default_transaction_read_only')::boolean,
        (SELECT oid::bigint FROM pg_catalog.pg_database
          WHERE datname = pg_catalog.current_database()),
        pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
      """;
  private static final String SYSTEM =
      "SELECT system_identifier::text FROM pg_catalog.pg_control_system()";
  private static final String PROCESS = "SELECT pg_catalog.pg_backend_pid()";

  /** Asks the server itself. */
  static Server of(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var said = statement.executeQuery(ASKED)) {
      said.next();
      var system = said.getBoolean(6) ? text(connection, SYSTEM) : null;
      return new Server(
          said.getInt(1),
          said.getInt(2),
          said.getBoolean(3),
          said.getBoolean(4),
          new Identity(system, said.getLong(5)));
    }
  }

  /** True when somebody stands between who answered the login and who executes what is sent. */
  boolean isBehindPooler(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID() != process;
  }

  /**
   * True when two connections that are open at the same time are carried out by one process, or one
   * connection by two: then a session is only a session for the length of a transaction.
   */
  boolean isShared(Connection connection, Connection other) throws SQLException {
    return process(other) == process || process(connection) != process;
  }

  private static int process(Connection connection) throws SQLException {
    return Integer.parseInt(text(connection, PROCESS));
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }
}
