package dev.backstep.database.swap;

import dev.backstep.database.Session;
import java.sql.SQLException;

/**
 * Ends the sessions with some databases again and again, from a session of its own, until it is
 * stopped: whoever connects anew would keep a database from being renamed. Those that it may not
 * end stay.
 */
final class SessionsEnd {
  private static final long PAUSE_MILLIS = 20;

  /** One that may not be ended must not keep the others from being ended. */
  private static final String END =
      """
      DO $$
      DECLARE one integer;
      BEGIN
        FOR one IN SELECT pid FROM pg_catalog.pg_stat_activity
          WHERE datid IN (%d, %d) AND pid <> pg_catalog.pg_backend_pid()
        LOOP
          BEGIN
            PERFORM pg_catalog.pg_terminate_backend(one);
          EXCEPTION WHEN insufficient_privilege THEN NULL;
          END;
        END LOOP;
      END $$
      """;

  private final Commands commands;
  private final String end;
  private final Thread thread;
  private volatile boolean over;

  SessionsEnd(Session session, long oid, long other) {
    commands = new Commands(session.connection());
    end = END.formatted(oid, other);
    thread = new Thread(this::run, "ends-sessions");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!over) {
        commands.execute(end);
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (SQLException e) {
      // The rename comes to its limit, and says who was still there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
