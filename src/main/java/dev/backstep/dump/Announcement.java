package dev.backstep.dump;

import dev.backstep.database.Session;
import java.sql.SQLException;

/**
 * What a program says while it runs: it is part of the name of a session ({@code application_name})
 * that everybody sees in {@code pg_stat_activity}, that ends with the program, and that leaves
 * nothing behind. {@link DumpLooks#progress} reads it.
 */
final class Announcement {
  private final Session session;
  private final String prefix;
  private String said = "";

  /**
   * Nothing is said yet.
   *
   * @param session which nobody else uses meanwhile
   */
  Announcement(Session session, String tag) {
    this.session = session;
    this.prefix = prefix(tag);
  }

  /** What the names of the sessions of a program begin with. */
  static String prefix(String tag) {
    return "backstep %s ".formatted(tag);
  }

  /** Says it, if it is something new. The server keeps 63 characters, of ASCII. */
  synchronized void say(String now) {
    if (now.equals(said)) {
      return;
    }
    said = now;
    try (var name =
        session
            .connection()
            .prepareStatement("SELECT pg_catalog.set_config('application_name', ?, false)")) {
      name.setString(1, prefix + now);
      name.execute();
    } catch (SQLException e) {
      // Who does not hear of it waits just the same.
    }
  }
}
