package dev.backstep.database.swap;

import static dev.backstep.database.swap.TestRestore.NEW_DATA;
import static dev.backstep.database.swap.TestRestore.OLD_DATA;
import static dev.backstep.database.swap.TestRestore.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.TestServer;
import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A swap, and the way back, while an application with many clients goes on asking. */
class SwapUnderLoadIT {
  private static final Logger LOG = Logger.getLogger(SwapUnderLoadIT.class);

  /**
   * The renames may lock people out for three seconds, whatever the machine does besides; how long
   * it took is printed.
   */
  private static final Duration WITHOUT = Duration.ofSeconds(4);

  private static final long POLL_MILLIS = 20;
  private static final long RECONNECT_MILLIS = 50;

  private static TestServer server;

  @BeforeAll
  static void start() {
    // What a client computes for its password, it computes on a machine of its own elsewhere.
    server = TestServer.with(Map.of("max_connections", "120", "scram_iterations", "1"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** What one client was told, and when it was told it. */
  private record Answer(long nanos, String data) {}

  /** Asks again and again in one session, and opens another one when that ends. */
  private static final class Client implements Runnable {
    private final TestRestore restore;
    private final long pause;
    private final List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean over;

    Client(TestRestore restore, long pause) {
      this.restore = restore;
      this.pause = pause;
    }

    @Override
    public void run() {
      while (!over) {
        try (var connection = restore.connection(restore.live(), restore.live() + "_app")) {
          while (!over) {
            ask(connection);
            pause(pause);
          }
        } catch (SQLException e) {
          pause(Math.min(pause, RECONNECT_MILLIS));
        }
      }
    }

    private void ask(Connection connection) throws SQLException {
      try (var statement = connection.createStatement();
          var said = statement.executeQuery("SELECT said FROM t")) {
        said.next();
        answers.add(new Answer(System.nanoTime(), said.getString(1)));
      }
    }

    private static void pause(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** The longest time without an answer. */
    Duration without() {
      var longest = 0L;
      for (var i = 1; i < answers.size(); i++) {
        longest = Math.max(longest, answers.get(i).nanos() - answers.get(i - 1).nanos());
      }
      return Duration.ofNanos(longest);
    }

    /** What it was told, each as often as it changed. */
    List<String> told() {
      var told = new ArrayList<String>();
      for (var answer : answers) {
        if (told.isEmpty() || !told.get(told.size() - 1).equals(answer.data())) {
          told.add(answer.data());
        }
      }
      return told;
    }

    boolean isTold(String data) {
      return !answers.isEmpty() && answers.get(answers.size() - 1).data().equals(data);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 50})
  void nobodyIsWithoutItForLongAndNobodySeesAnythingElse(int count) throws Exception {
    try (var restore = new TestRestore(server)) {
      restore.proven();
      var swap = restore.swap();
      var clients = new ArrayList<Client>();
      clients.add(new Client(restore, POLL_MILLIS));
      for (var i = 0; i < count; i++) {
        clients.add(new Client(restore, RECONNECT_MILLIS));
      }
      var threads = Executors.newFixedThreadPool(clients.size());
      clients.forEach(threads::execute);
      try {
        awaitTold(clients, OLD_DATA);

        assertThat(restore.send(swap, mark(3))).isInstanceOf(Outcome.Applied.class);
        awaitTold(clients, NEW_DATA);

        assertThat(restore.send(restore.back(swap), mark(4))).isInstanceOf(Outcome.Applied.class);
        awaitTold(clients, OLD_DATA);
      } finally {
        stop(clients, threads);
      }
      var poller = clients.get(0);
      var longest = clients.stream().map(Client::without).max(Duration::compareTo).orElseThrow();
      LOG.infof(
          "%d clients: the poller was without the database for %d ms, the last client for %d ms",
          count, poller.without().toMillis(), longest.toMillis());
      assertThat(poller.without()).isLessThan(WITHOUT);
      assertThat(clients)
          .allSatisfy(it -> assertThat(it.told()).containsExactly(OLD_DATA, NEW_DATA, OLD_DATA));
    }
  }

  private static void awaitTold(List<Client> clients, String data) {
    await().untilAsserted(() -> assertThat(clients).allMatch(it -> it.isTold(data)));
  }

  private static void stop(List<Client> clients, ExecutorService threads) throws Exception {
    clients.forEach(it -> it.over = true);
    threads.shutdown();
    threads.awaitTermination(10, TimeUnit.SECONDS);
  }
}
