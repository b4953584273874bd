package dev.backstep.bench;

import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import dev.backstep.resync.Resync;
import dev.backstep.resync.ResyncTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A SQLite file is copied into an empty PostgreSQL, by the program as the container runs it, from
 * its start to its end: with the check of the file, its copy and the comparison. Beside it, what a
 * script does: single INSERTs in batches of 50, in the two ways in which they can be committed; by
 * batches before and after each, since others use the machine too.
 */
final class ResyncBench {
  private static final String TABLE =
      "CREATE TABLE vehicles (id %s PRIMARY KEY, vin text NOT NULL, make text, year integer, price %s, sold %s, created_at %s, notes text)";

  private static final String ROWS =
      """
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT %d)
      INSERT INTO vehicles SELECT n, printf('1HGCM82633A%%06d', n), 'Make ' || (n %% 50),
        1990 + n %% 35, n * 0.37, n %% 2, '2025-10-21 10:00:0' || (n %% 10) || '.000 +00:00',
        'customer asked for a call back about part ' || n FROM n
      """;

  private static final String INSERT =
      "INSERT INTO vehicles VALUES (?::bigint, ?, ?, ?::integer, ?::numeric, ?::integer::boolean, ?::timestamptz, ?)";

  private static final int BATCH = 50;
  private static final int COLUMNS = 8;

  private final Path folder;
  private final Path file;
  private final TestDatabase target;
  private final int rows;

  private ResyncBench(Path folder, TestDatabase target, int rows) {
    this.folder = folder;
    this.file = folder.resolve("shop.sqlite");
    this.target = target;
    this.rows = rows;
  }

  /**
   * Measures with so many rows; the scripts get a tenth of them, since nobody would wait.
   *
   * @param rows of the one table
   */
  static void run(int rows) {
    // The defaults of PostgreSQL: what was committed is on the disk.
    try (var server = TestServer.durable();
        var target = new TestDatabase(server)) {
      new ResyncBench(Files.createTempDirectory("backstep-bench"), target, rows).measure();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure() throws SQLException, IOException, InterruptedException {
    try (var sqlite = source();
        var statement = sqlite.createStatement()) {
      statement.execute(TABLE.formatted("INTEGER", "REAL", "INTEGER", "TEXT"));
      statement.execute(ROWS.formatted(rows));
    }
    mount();
    var each = scripted(rows / 100, true);
    Figures.say("single INSERTs, each committed: %,.0f rows/s", each);
    var before = together();
    for (var batchSize : List.of(BATCH, 1000, 5000)) {
      var copied = resynced(batchSize, "first");
      var again = resynced(batchSize, "again");
      var after = together();
      Figures.say(
          "re-sync, batches of %,d: %,.0f rows/s; %.1f times as fast as by batches of 50 before and after it, %.1f times as each committed; once more, when nothing differs: %,.0f rows/s",
          batchSize, copied, copied * 2 / (before + after), copied / each, again);
      before = after;
    }
  }

  private double together() throws SQLException {
    var together = scripted(rows / 10, false);
    Figures.say("single INSERTs, committed by batches of 50: %,.0f rows/s", together);
    return together;
  }

  private Connection source() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  private void empty() {
    target.has("DROP TABLE IF EXISTS vehicles; DROP SCHEMA IF EXISTS backstep CASCADE");
    target.has(TABLE.formatted("bigint", "numeric(12, 2)", "boolean", "timestamptz"));
    // Nobody pays for what the one before has left to be written.
    target.server().asAdmin("CHECKPOINT");
  }

  /** Rows in a second. */
  private double scripted(int count, boolean eachCommitted) throws SQLException {
    empty();
    var began = System.nanoTime();
    try (var sqlite = source();
        var statement = sqlite.createStatement();
        var read = statement.executeQuery("SELECT * FROM vehicles LIMIT " + count);
        var connection = target.connection();
        var insert = connection.prepareStatement(INSERT)) {
      connection.setAutoCommit(eachCommitted);
      for (var row = 1; read.next(); row++) {
        for (var column = 1; column <= COLUMNS; column++) {
          insert.setString(column, read.getString(column));
        }
        insert.executeUpdate();
        if (!eachCommitted && row % BATCH == 0) {
          connection.commit();
        }
      }
    }
    return count / seconds(began);
  }

  private double resynced(int batchSize, String job) throws IOException, InterruptedException {
    if (job.equals("first")) {
      empty();
    }
    var task =
        new ResyncTask(
            "bench",
            job,
            "bench",
            file.toString(),
            null,
            new ResyncTask.Database("target", folder.resolve("target").toString()),
            List.of(new ResyncTask.Table("vehicles", List.of("id"))),
            batchSize,
            600);
    var began = System.nanoTime();
    var program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Xmx320m",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                "app/*:lib/boot/*:lib/main/*",
                Resync.class.getName())
            .directory(Path.of("target", "quarkus-app").toFile());
    program.environment().put(ResyncTask.VARIABLE, task.json());
    if (program.inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("the re-sync failed");
    }
    return rows / seconds(began);
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private void mount() throws IOException {
    var mounted = Files.createDirectories(folder.resolve("target"));
    for (var value : target.secret(Map.of()).getData().entrySet()) {
      Files.write(mounted.resolve(value.getKey()), Base64.getDecoder().decode(value.getValue()));
    }
  }
}
