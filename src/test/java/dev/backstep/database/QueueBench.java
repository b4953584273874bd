package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;

/**
 * A queue with many jobs that is paused, given back and cleared, against what a team would do by
 * hand, in a PostgreSQL on this machine. All start from the same rows, vacuumed.
 */
public final class QueueBench implements AutoCloseable {
  private static final String PAUSE =
      "UPDATE worker_jobs SET status = 'paused', updated_at = now() WHERE status = 'pending'";

  private final TestServer server = TestServer.with("max_wal_size", "8GB");
  private final TestDatabase database = new TestDatabase(server);
  private final DatabaseLooks looks = new DatabaseLooks(database.sessions());
  private final SqlReversals reversals = new SqlReversals(looks);
  private final Clock clock = Clock.systemUTC();
  private final int rows;
  private int number;

  private QueueBench(int rows) {
    this.rows = rows;
  }

  /** Measures with so many jobs. */
  public static void run(int rows) {
    try (var bench = new QueueBench(rows)) {
      bench.fill();
      bench.clearing();
      bench.pausing();
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fill() {
    database.has(
        """
        CREATE TABLE worker_jobs (id bigint PRIMARY KEY, status text NOT NULL, payload jsonb NOT NULL,
          error text, started_at timestamptz, updated_at timestamptz, next_run_at timestamptz);
        CREATE INDEX ON worker_jobs (status, next_run_at);
        CREATE TABLE template AS SELECT n AS id, 'pending'::text AS status,
          jsonb_build_object('order', n, 'customer', 'customer ' || n %% 1000, 'lines', n %% 7) AS payload,
          NULL::text AS error, NULL::timestamptz AS started_at, '2026-01-01'::timestamptz AS updated_at,
          '2026-01-02'::timestamptz + n * interval '1 ms' AS next_run_at FROM generate_series(1, %d) n;
        """
            .formatted(rows));
  }

  private void begin() {
    database.has("TRUNCATE worker_jobs; INSERT INTO worker_jobs SELECT * FROM template");
    database.has("VACUUM ANALYZE worker_jobs");
  }

  @FunctionalInterface
  private interface Work {
    void done() throws SQLException, IOException;
  }

  private static double seconds(Work work) throws SQLException, IOException {
    var begun = System.nanoTime();
    work.done();
    return (System.nanoTime() - begun) / 1e9;
  }

  /** The operator has run for a while when somebody needs it. */
  private void warm() {
    for (var method : ClearTable.Method.values()) {
      database.has("INSERT INTO worker_jobs SELECT * FROM template LIMIT 10");
      clear(method);
    }
  }

  private void clearing() throws SQLException, IOException {
    warm();
    begin();
    var byHand = seconds(this::dumpAndDelete);
    begin();
    var counting = seconds(() -> database.rows("SELECT count(*) FROM worker_jobs"));
    begin();
    var swap = seconds(() -> clear(ClearTable.Method.Swap));
    begin();
    var copy = seconds(() -> clear(ClearTable.Method.Copy));
    say("JSON dump to a file (COPY) and DELETE, %,d rows: %.2f s", rows, byHand);
    say(
        "clear by Swap: %.3f s, %.3f of it; to count the rows takes %.3f s",
        swap, swap / byHand, counting);
    say("clear by Copy: %.2f s, %.2f of it", copy, copy / byHand);
  }

  private void dumpAndDelete() throws SQLException, IOException {
    var file = Files.createTempFile("queue", ".json");
    try (var connection = database.connection();
        var out = Files.newOutputStream(file)) {
      connection.setAutoCommit(false);
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("COPY (SELECT row_to_json(j) FROM worker_jobs j) TO STDOUT", out);
      try (var statement = connection.createStatement()) {
        statement.executeUpdate("DELETE FROM worker_jobs");
      }
      connection.commit();
    } finally {
      Files.delete(file);
    }
  }

  private void clear(ClearTable.Method method) {
    var clearings =
        new TableClearings(
            database.sessions(),
            new MarkedTransactions(database.sessions(), clock),
            new Fence(database.sessions()),
            reversals);
    var found =
        new ClearTables(looks)
            .look(
                new ClearTable(new Ref(SECRET), "worker_jobs", method, null),
                null,
                Instant.now(),
                Duration.ofMinutes(5),
                AUTHOR)
            .toCompletableFuture()
            .join();
    applied(
        clearings.send(found.effect().orElseThrow(), mark(Intent.Verb.Apply), AUTHOR, notAfter()));
  }

  private void pausing() throws SQLException, IOException {
    begin();
    var byHand = seconds(() -> database.has(PAUSE));
    begin();
    var updates = new BatchedUpdates(database.sessions(), clock, reversals);
    var tables = new JobTables(looks);
    var queue =
        new JobTable(
            new Ref(SECRET),
            "worker_jobs",
            List.of("id"),
            new JobTable.Rows(
                "status = 'pending'", Map.of("status", "'paused'", "updated_at", "now()")),
            null,
            null);
    var identity =
        tables
            .look(queue, Optional.empty(), AUTHOR)
            .toCompletableFuture()
            .join()
            .identity()
            .orElseThrow();
    var effect = JobTables.effect(queue, queue.pause(), true, identity, "paused");
    var newest = mark(Intent.Verb.Apply);
    double longest;
    double paused;
    try (var worker = new Worker()) {
      var begun = System.nanoTime();
      applied(updates.send(effect, newest, AUTHOR, notAfter()));
      while (tables.look(queue, Optional.empty(), AUTHOR).toCompletableFuture().join().pending()
          != JobTables.Rows.NONE) {
        newest = mark(Intent.Verb.Apply);
        applied(updates.send(effect, newest, AUTHOR, notAfter()));
      }
      paused = (System.nanoTime() - begun) / 1e9;
      longest = worker.longest();
    }
    var back = (BatchedUpdate) effect.reversal(newest.text()).orElseThrow();
    var resumed = seconds(() -> applied(goneOn(updates, back, mark(Intent.Verb.Release))));
    say(
        "the runbook's single UPDATE, %,d rows: %.1f s, which is how long others wait",
        rows, byHand);
    say("paused in batches, every row remembered: %.1f s, %.2f of it", paused, paused / byHand);
    say("longest time that a worker waited for a row meanwhile: %.3f s", longest);
    say("given back, row by row as before: %.1f s", resumed);
  }

  /** To its end, however often it looks up in between. */
  private static Outcome goneOn(BatchedUpdates updates, BatchedUpdate effect, Mark mark) {
    while (true) {
      try {
        return updates.close(effect, mark, true, AUTHOR, notAfter());
      } catch (NotKnownException e) {
        say("  %s", e.getMessage());
      }
    }
  }

  /** Changes one row after the other, and knows how long one took. */
  private final class Worker implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread thread = new Thread(this::work);
    private volatile double longest;

    Worker() {
      thread.start();
    }

    private void work() {
      try (var connection = database.connection();
          var statement =
              connection.prepareStatement("UPDATE worker_jobs SET error = 'x' WHERE id = ?")) {
        for (var id = 1; !over.get(); id = (id + 7919) % rows + 1) {
          statement.setInt(1, id);
          longest = Math.max(longest, seconds(statement::executeUpdate));
        }
      } catch (SQLException | IOException e) {
        throw new IllegalStateException(e);
      }
    }

    double longest() {
      return longest;
    }

    @Override
    public void close() {
      over.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Mark mark(Intent.Verb verb) {
    number++;
    return new Mark("bs-bench-1", "queue", verb, number, 0);
  }

  private static Instant notAfter() {
    return Instant.now().plusSeconds(600);
  }

  private static void applied(Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied)) {
      throw new IllegalStateException(outcome.toString());
    }
    say("  %s", ((Outcome.Applied) outcome).said());
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  @Override
  public void close() {
    looks.stop();
    database.close();
    server.close();
  }
}
