package dev.backstep.dbrestore;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Somebody whom no restore knows has a session with a database; in the test's own process. */
final class Stranger implements AutoCloseable {
  private final String url;
  private final boolean persistent;
  private final CountDownLatch connected = new CountDownLatch(1);
  private final CompletableFuture<Void> work;
  private volatile boolean over;

  /**
   * Connects.
   *
   * @param name as it calls itself
   * @param persistent true: it connects again, whenever its session is ended
   */
  Stranger(String address, String name, boolean persistent) {
    this.url =
        "jdbc:postgresql://%s:5432/orders?user=backstep&password=change-me&connectTimeout=2&ApplicationName=%s"
            .formatted(address, name);
    this.persistent = persistent;
    this.work = CompletableFuture.runAsync(this::run);
    try {
      connected.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run() {
    do {
      try (var connection = DriverManager.getConnection(url)) {
        connected.countDown();
        stay(connection);
      } catch (SQLException e) {
        // It was ended, or comes too early.
      }
    } while (persistent && !over);
  }

  private void stay(Connection connection) throws SQLException {
    while (!over) {
      try (var statement = connection.createStatement()) {
        statement.execute("SELECT pg_sleep(0.05)");
      }
    }
  }

  /** True while its session was not ended for good. */
  boolean stays() {
    return !work.isDone();
  }

  @Override
  public void close() {
    over = true;
    work.join();
  }
}
