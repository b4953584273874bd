package dev.backstep.dump;

import dev.backstep.database.Session;
import java.sql.SQLException;

/**
 * What a program has to know of a server.
 *
 * @param database that the session is with
 * @param version such as 15.18
 * @param number such as 150018
 * @param mighty true: the user of the session may do what the server's owner may
 */
record ServerFacts(String database, String version, int number, boolean mighty) {
  private static final int MAJOR = 10_000;

  private static final String ASKED =
      """
      SELECT pg_catalog.current_database(), pg_catalog.current_setting('server_version'),
        pg_catalog.current_setting('server_version_num')::int
      """;

  static ServerFacts of(Session session) throws SQLException {
    try (var statement = session.connection().createStatement();
        var said = statement.executeQuery(ASKED)) {
      said.next();
      return new ServerFacts(
          said.getString(1), said.getString(2).split(" ")[0], said.getInt(3), session.isMighty());
    }
  }

  int major() {
    return number / MAJOR;
  }
}
