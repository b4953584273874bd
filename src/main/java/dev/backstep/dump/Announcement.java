package dev.backstep.dump;

import dev.backstep.database.Session;
import dev.backstep.program.Ending;
import dev.backstep.program.HowFar;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a program says of itself while it runs, to whoever looks just then. */
final class Announcement {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Consumer<String> out;
  private String said = "";

  /** Nothing is said yet. */
  Announcement(Consumer<String> out) {
    this.out = out;
  }

  /**
   * As a part of the name of a session ({@code application_name}) that everybody sees in {@code
   * pg_stat_activity}, that ends with the program, and that leaves nothing behind. {@link
   * DumpLooks#progress} reads it.
   *
   * @param session which nobody else uses meanwhile
   */
  static Announcement inSession(Session session, String tag) {
    return new Announcement(now -> named(session, prefix(tag) + now));
  }

  /** In the log of a program that has no session, as {@link HowFar} says it. */
  static Announcement inLog() {
    return new Announcement(Ending::said);
  }

  /** What the names of the sessions of a program begin with. */
  static String prefix(String tag) {
    return "backstep %s ".formatted(tag);
  }

  /** Says it, if it is something new. */
  synchronized void say(String now) {
    if (!now.equals(said)) {
      said = now;
      out.accept(now);
    }
  }

  /** Says once a second what is so then, until the watch ends. */
  Watch saying(Supplier<String> now) {
    return Watch.every(PAUSE, () -> say(now.get()));
  }

  /** The server keeps 63 characters, of ASCII. */
  private static void named(Session session, String text) {
    try (var name =
        session
            .connection()
            .prepareStatement("SELECT pg_catalog.set_config('application_name', ?, false)")) {
      name.setString(1, text);
      name.execute();
    } catch (SQLException e) {
      // Who does not hear of it waits just the same.
    }
  }
}
