package dev.backstep.dump;

import dev.backstep.database.Session;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What a program says while it runs: it is part of the name of a session ({@code application_name})
 * that everybody sees in {@code pg_stat_activity}, that ends with the program, and that leaves
 * nothing behind. {@link DumpLooks#progress} reads it.
 */
final class Announcement {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final Session session;
  private final String prefix;
  private long next = System.nanoTime();

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

  /** Says it, but not more often than once a second. */
  synchronized void say(String now) {
    if (System.nanoTime() - next >= 0) {
      sayNow(now);
    }
  }

  /** Says it at once. The server keeps 63 characters, of ASCII. */
  synchronized void sayNow(String now) {
    next = System.nanoTime() + PAUSE;
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
