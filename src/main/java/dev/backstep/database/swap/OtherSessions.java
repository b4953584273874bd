package dev.backstep.database.swap;

import dev.backstep.database.Session;
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

  private OtherSessions() {}

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
    var sessions = new ArrayList<OtherSession>();
    try (var query = session.connection().prepareStatement(FOUND)) {
      query.setArray(1, session.connection().createArrayOf("bigint", oids));
      try (var found = query.executeQuery()) {
        while (found.next()) {
          sessions.add(
              new OtherSession(
                  found.getString(1),
                  found.getString(2),
                  Optional.ofNullable(found.getString(3)),
                  found.getInt(4),
                  found.getBoolean(5)));
        }
      }
    }
    return sessions;
  }
}
