package dev.backstep.database.swap;

import dev.backstep.database.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.PGConnection;

/** What is said to a server about whole databases. Names and texts are written as what they are. */
final class Commands {
  /** Who only waits for another process of ours does not wait long. */
  private static final Duration LOCK = Duration.ofSeconds(2);

  private final Connection connection;

  Commands(Connection connection) {
    this.connection = connection;
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void rename(String from, String to) throws SQLException {
    execute("ALTER DATABASE %s RENAME TO %s".formatted(name(from), name(to)));
  }

  /**
   * Writes a comment.
   *
   * @param text null: none
   */
  void comment(String database, String text) throws SQLException {
    execute(
        "COMMENT ON DATABASE %s IS %s"
            .formatted(name(database), text == null ? "NULL" : "'%s'".formatted(literal(text))));
  }

  void allowConnections(String database, boolean allowed) throws SQLException {
    execute("ALTER DATABASE %s ALLOW_CONNECTIONS %s".formatted(name(database), allowed));
  }

  void closeToPublic(String database) throws SQLException {
    execute("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(name(database)));
  }

  void drop(String database) throws SQLException {
    execute("DROP DATABASE %s".formatted(name(database)));
  }

  /** One at a time does something about a restore, until the end of its transaction. */
  void lock(Names names) throws SQLException {
    lock("pg_advisory_xact_lock", names);
  }

  /** As {@link #lock}, until the end of its session: for what is done outside of transactions. */
  void lockForSession(Names names) throws SQLException {
    lock("pg_advisory_lock", names);
  }

  private void lock(String how, Names names) throws SQLException {
    execute(
        "SELECT pg_catalog.%s(pg_catalog.hashtext('dev.backstep.database.swap'), pg_catalog.hashtext('%s'))"
            .formatted(how, literal(names.tag())));
  }

  /** Limits for statements that nobody waits for. */
  static Session.Limits limits(Duration statement) {
    return new Session.Limits(LOCK, statement);
  }

  private String name(String name) throws SQLException {
    return connection.unwrap(PGConnection.class).escapeIdentifier(name);
  }

  String literal(String text) throws SQLException {
    return connection.unwrap(PGConnection.class).escapeLiteral(text);
  }
}
