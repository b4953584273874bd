package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.PASSWORD;
import static dev.backstep.database.TestDatabase.SECRET;
import static dev.backstep.database.swap.TestRestore.mark;
import static dev.backstep.database.swap.TestRestore.now;

import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.database.Identity;
import dev.backstep.dump.BackupTask;
import dev.backstep.dump.LoadTask;
import dev.backstep.dump.Place;
import dev.backstep.dump.Programs;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A database is replaced by its backup: by the runbook's {@code pg_restore -c}, by Backstep's
 * programs and statements, and by the bare commands that these are made of; while somebody asks it
 * every 20 ms. All on one PostgreSQL on this machine, one after the other.
 */
public final class RestoreBench implements AutoCloseable {
  private static final int TABLES = 5;

  /** With its indexes, a row has about so many bytes on the disk. */
  private static final int ROW_BYTES = 210;

  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Instant MADE_AT = Instant.parse("2026-11-29T03:00:00Z");
  private static final String DUMP = "orders-20261129T030000Z.dump";

  private final TestRestore restore;
  private final Path folder;
  private final Programs programs;
  private final int rows;

  private RestoreBench(int megabytes) throws IOException {
    restore = new TestRestore(Programs.server());
    folder = Files.createTempDirectory("restore-bench");
    programs = new Programs(folder);
    rows = (int) (megabytes * 1_000_000L / ROW_BYTES / TABLES);
  }

  /** Measures with a database of about this size. */
  public static void run(int megabytes) {
    try (var bench = new RestoreBench(megabytes)) {
      bench.measure();
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @FunctionalInterface
  private interface Work {
    void done() throws SQLException, IOException, InterruptedException;
  }

  private static double seconds(Work work) throws SQLException, IOException, InterruptedException {
    var begun = System.nanoTime();
    work.done();
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void say(String text, Object... values) {
    System.out.println(String.format(Locale.ROOT, text, values));
  }

  private void measure() throws SQLException, IOException, InterruptedException {
    fill();
    var bare = bare();
    double ready;
    double without;
    try (var poller = new Poller(restore)) {
      ready = replaced();
      without = poller.longest();
    }
    double inPlace;
    double gone;
    try (var poller = new Poller(restore)) {
      inPlace = seconds(() -> pgRestore(restore.live(), "--clean", "--if-exists"));
      gone = poller.longest();
    }
    say("pg_restore -c into the live database: %.1f s, without it %.1f s", inPlace, gone);
    say("replaced by Backstep: %.1f s, %.2f of it", ready, ready / inPlace);
    say("without the database: %.3f s, %.3f of it", without, without / gone);
    say(
        "the bare commands: %.1f s; more than these: %.1f s (allowed 3 s and 5 %%: %.1f s)",
        bare, ready - bare, 3 + bare * 0.05);
  }

  private void fill() throws IOException, InterruptedException {
    var live = restore.live();
    for (var table = 1; table <= TABLES; table++) {
      restore.in(
          live,
          """
          CREATE TABLE orders_%1$d AS SELECT n AS id, n %% 1000 AS customer,
            now() - n * interval '1 second' AS at, md5(n::text) || md5((n + 1)::text) || repeat('x', 60) AS note
            FROM generate_series(1, %2$d) n;
          ALTER TABLE orders_%1$d ADD PRIMARY KEY (id);
          CREATE INDEX ON orders_%1$d (customer);
          CREATE INDEX ON orders_%1$d (at);
          GRANT SELECT ON orders_%1$d TO %3$s_app;
          """
              .formatted(table, rows, live));
    }
    var size =
        restore.database().rows("SELECT pg_size_pretty(pg_database_size(current_database()))");
    backedUp(folder, "orders-", MADE_AT);
    say("a database of %s, %,d rows in %d tables", size.get(0), rows * TABLES, TABLES);
  }

  /** As a person would do it who knows how: into a new database with four workers, and swapped. */
  private double bare() throws SQLException, IOException, InterruptedException {
    var side = restore.live() + "_bare";
    var took =
        seconds(
            () -> {
              restore.asAdmin(
                  "CREATE DATABASE %s TEMPLATE template0 OWNER %s".formatted(side, restore.live()));
              pgRestore(side, "--jobs=4", "--no-owner", "--role=" + restore.live());
              restore.in(side, "ANALYZE");
              restore.in(side, "SELECT count(*) FROM orders_1");
            });
    restore.asAdmin("DROP DATABASE " + side);
    return took;
  }

  private void pgRestore(String database, String... options)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(List.of("pg_restore", "--dbname=" + database));
    command.addAll(List.of(options));
    command.add(folder.resolve(DUMP).toString());
    var program = new ProcessBuilder(command).inheritIO();
    program
        .environment()
        .putAll(
            Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                "" + restore.database().server().port(),
                "PGUSER",
                "postgres",
                "PGPASSWORD",
                PASSWORD));
    if (program.start().waitFor() != 0) {
      throw new IllegalStateException("pg_restore failed");
    }
  }

  /** The effects and programs of a restore, in their order. */
  private double replaced() throws SQLException, IOException, InterruptedException {
    var copy = folder.resolve("copies");
    Files.createDirectories(copy);
    var made = seconds(() -> applied(restore.send(restore.creation())));
    var loaded = seconds(this::load);
    var proven =
        seconds(
            () -> {
              verify(
                  restore.names().side(restore.live()), restore.seen().side().orElseThrow().oid());
              applied(restore.send(restore.proof()));
            });
    var copied = seconds(() -> backedUp(copy, "before-", Instant.now()));
    var swapped =
        seconds(
            () -> {
              nobodyWrites();
              applied(restore.send(restore.swap(), mark(3)));
              verify(restore.live(), restore.seen().liveOne().orElseThrow().oid());
            });
    say(
        "made %.1f s, checked and loaded %.1f s, proven %.1f s, swapped and verified %.1f s; the present data copied away and read back %.1f s, which is not counted: the runbook does not",
        made, loaded, proven, swapped, copied);
    return made + loaded + proven + swapped;
  }

  private void nobodyWrites() {
    var writers = now(restore.looks().writers(SECRET, AUTHOR));
    if (!writers.isEmpty()) {
      throw new IllegalStateException(writers.toString());
    }
  }

  private void load() throws IOException, InterruptedException {
    var source =
        new LoadTask.Source(
            new Place(folder.toString(), null), DUMP, null, null, null, restore.live(), null);
    var secret = programs.mounted(restore.database(), Map.of("user", restore.live() + "_admin"));
    succeeded(
        programs.run(
            new LoadTask(
                restore.names(),
                secret,
                restore.names().side(restore.live()),
                restore.live(),
                source,
                LIMIT.toSeconds())));
  }

  /** As action backup does it, and read back. */
  private void backedUp(Path to, String prefix, Instant at)
      throws IOException, InterruptedException {
    var secret = programs.mounted(restore.database(), Map.of("user", restore.live() + "_admin"));
    succeeded(
        programs.run(
            new BackupTask(
                "bench",
                secret,
                new Place(to.toString(), null),
                prefix,
                at,
                null,
                LIMIT.toSeconds())));
  }

  private static void succeeded(Programs.Ended ended) {
    if (ended.code() != 0) {
      throw new IllegalStateException(ended.said());
    }
  }

  private void verify(String name, long oid) {
    for (var query :
        IntStream.rangeClosed(1, TABLES)
            .mapToObj(it -> "SELECT count(*) FROM orders_" + it)
            .toList()) {
      var asked = new Query(new Ref(SECRET), query, "value == " + rows, null, "5m");
      var answer =
          now(
              restore
                  .looks()
                  .query(
                      asked, AUTHOR, Map.of(), name, new Identity(restore.seen().system(), oid)));
      if (!answer.value().equals((long) rows)) {
        throw new IllegalStateException(query + ": " + answer.value());
      }
    }
  }

  private static void applied(Outcome outcome) {
    if (!(outcome instanceof Outcome.Applied)) {
      throw new IllegalStateException(outcome.toString());
    }
  }

  @Override
  public void close() throws IOException {
    restore.close();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Asks for one row every 20 ms, in one session as long as that lasts. */
  private static final class Poller implements AutoCloseable {
    private static final long EVERY_MILLIS = 20;

    private final TestRestore restore;
    private final Thread thread = new Thread(this::run, "poller");
    private long last = System.nanoTime();
    private long longest;
    private volatile boolean over;

    Poller(TestRestore restore) {
      this.restore = restore;
      thread.start();
    }

    private void run() {
      while (!over) {
        try (var connection = restore.connection(restore.live(), restore.live() + "_app")) {
          while (!over) {
            ask(connection);
            Thread.sleep(EVERY_MILLIS);
          }
        } catch (SQLException e) {
          pause();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static void pause() {
      try {
        Thread.sleep(EVERY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void ask(java.sql.Connection connection) throws SQLException {
      try (var statement = connection.createStatement();
          var found =
              statement.executeQuery(
                  "SELECT note FROM orders_%d WHERE id = 42".formatted(TABLES))) {
        if (found.next()) {
          var at = System.nanoTime();
          synchronized (this) {
            longest = Math.max(longest, at - last);
            last = at;
          }
        }
      }
    }

    /** The longest time without the row, in seconds, once it is there again. */
    double longest() throws InterruptedException {
      var asked = System.nanoTime();
      while (answered() < asked && System.nanoTime() - asked < LIMIT.toNanos()) {
        Thread.sleep(EVERY_MILLIS);
      }
      synchronized (this) {
        return longest / 1e9;
      }
    }

    private synchronized long answered() {
      return last;
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
