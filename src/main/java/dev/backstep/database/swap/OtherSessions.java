package dev.backstep.database.swap;

import dev.backstep.database.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who else has sessions with databases of the server. */
final class OtherSessions {
  /** Workers of the server itself, such as those that vacuum, have no user, and give way. */
  private static final String FOUND =
      """
      SELECT r.rolname, coalesce(a.application_name, ''), host(a.client_addr), count(*)::int,
        NOT r.rolsuper
      FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
      WHERE a.datid = ANY (?) AND a.pid <> pg_catalog.pg_backend_pid()
        AND NOT (a.usename = current_user AND a.application_name LIKE 'backstep%')
      GROUP BY 1, 2, 3, 5
      ORDER BY 5, 4 DESC, 1, 2, 3
      """;

  /** Who reads the changes of one database only has a slot, which is found before. */
  private static final String FOLLOWERS =
      """
      SELECT DISTINCT coalesce(nullif(r.application_name, ''), r.usename)
      FROM pg_catalog.pg_stat_replication r JOIN pg_catalog.pg_stat_activity a ON a.pid = r.pid
      WHERE a.datid IS NULL ORDER BY 1
      """;

  /**
   * Who may write to a table of the database that is asked; who only looks, as monitoring does, may
   * not. What is of the operator has no business but reading.
   */
  private static final String WRITERS =
      """
      SELECT r.rolname, coalesce(a.application_name, ''), host(a.client_addr), count(*)::int,
        NOT r.rolsuper
      FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
      WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
        AND NOT pg_catalog.starts_with(a.application_name, 'backstep')
        AND EXISTS (SELECT FROM pg_catalog.pg_class t
          JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
          WHERE t.relkind IN ('r', 'p') AND s.nspname !~ '^pg_'
            AND s.nspname <> 'information_schema'
            AND pg_catalog.has_table_privilege(r.oid, t.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
      GROUP BY 1, 2, 3, 5
      ORDER BY 5, 4 DESC, 1, 2, 3
      """;

  private OtherSessions() {}

  /** Those with the database of this session that may write to it. */
  static List<OtherSession> writers(Session session) throws SQLException {
    try (var query = session.connection().createStatement();
        var found = query.executeQuery(WRITERS)) {
      return all(found);
    }
  }

  /** The servers that follow this one. */
  static List<String> followers(Session session) throws SQLException {
    var followers = new ArrayList<String>();
    try (var query = session.connection().createStatement();
        var found = query.executeQuery(FOLLOWERS)) {
      while (found.next()) {
        followers.add(found.getString(1));
      }
    }
    return followers;
  }

  /** Those with the databases with these OIDs; first those that cannot be ended. */
  static List<OtherSession> with(Session session, Long... oids) throws SQLException {
    try (var query = session.connection().prepareStatement(FOUND)) {
      query.setArray(1, session.connection().createArrayOf("bigint", oids));
      try (var found = query.executeQuery()) {
        return all(found);
      }
    }
  }

  private static List<OtherSession> all(ResultSet found) throws SQLException {
    var sessions = new ArrayList<OtherSession>();
    while (found.next()) {
      sessions.add(
          new OtherSession(
              found.getString(1),
              found.getString(2),
              Optional.ofNullable(found.getString(3)),
              found.getInt(4),
              found.getBoolean(5)));
    }
    return sessions;
  }
}
