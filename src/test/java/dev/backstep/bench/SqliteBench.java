package dev.backstep.bench;

import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.database.swap.Names;
import dev.backstep.dump.FileBackup;
import dev.backstep.dump.FileBackupTask;
import dev.backstep.dump.FileLoad;
import dev.backstep.dump.FileLoadTask;
import dev.backstep.dump.LoadTask;
import dev.backstep.dump.Place;
import dev.backstep.sqlite.FileTask;
import dev.backstep.sqlite.FileWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * A SQLite file is replaced by a backup, by the programs as the container runs them, each from its
 * start to its end. Beside it, what a runbook does while nobody may use the file: it is moved away,
 * the backup is copied, and SQLite checks it.
 */
final class SqliteBench {
  private static final String ROWS =
      """
      WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT %d)
      INSERT INTO vehicles SELECT n, printf('1HGCM82633A%%09d', n * 7919 %% 1000000007),
        'Make ' || (n %% 50), n * 0.37, 'customer asked for a call back about part ' || n FROM n
      """;

  private static final int ROWS_OF_A_MEGABYTE = 7_000;
  private static final Names NAMES = new Names("0123abcd", 1);
  private static final List<RestoreCheck> CHECKS =
      List.of(new RestoreCheck("vehicles", "SELECT count(*) FROM vehicles", "value > 0"));

  private final Path folder;
  private final Path live;
  private final Path backup;
  private final Path scratch;

  private SqliteBench(Path folder) throws IOException {
    this.folder = folder;
    this.live = Files.createDirectories(folder.resolve("data")).resolve("shop.db");
    this.backup = Files.createDirectories(folder.resolve("backups")).resolve("backup.db");
    this.scratch = Files.createDirectories(folder.resolve("scratch"));
  }

  /** Measures with a file of so many megabytes. */
  static void run(int megabytes) {
    try {
      new SqliteBench(Files.createTempDirectory("backstep-bench")).measure(megabytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure(int megabytes) throws SQLException, IOException, InterruptedException {
    try (var sqlite = DriverManager.getConnection("jdbc:sqlite:" + live);
        var statement = sqlite.createStatement()) {
      statement.execute(
          "CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT UNIQUE, make TEXT, price REAL, notes TEXT)");
      statement.execute(ROWS.formatted(megabytes * ROWS_OF_A_MEGABYTE));
      statement.execute("CREATE INDEX by_make ON vehicles (make, price)");
    }
    Files.copy(live, backup);
    Figures.say("a file of %,d MB", Files.size(live) / 1_000_000);
    var byHand = byHand();
    var load = load();
    var prove = work(FileTask.Step.Prove);
    var safety = safety();
    var swap = work(FileTask.Step.Swap);
    var check = work(FileTask.Step.Check);
    var again = byHand();
    var off = swap + check;
    Figures.say("by hand, while nobody may use it: %.2f s, and %.2f s at the end", byHand, again);
    Figures.say("before people are asked: load %.2f s, prove %.2f s", load, prove);
    Figures.say(
        "while nobody may use it: swap %.2f s, check %.2f s; %.2f x", swap, check, off / byHand);
    Figures.say(
        "with the copy of the present file, %.2f s: %.2f x", safety, (safety + off) / byHand);
  }

  private double byHand() throws IOException, InterruptedException, SQLException {
    var began = System.nanoTime();
    var copy = folder.resolve("by-hand.db");
    if (new ProcessBuilder("cp", backup.toString(), copy.toString()).start().waitFor() != 0) {
      throw new IllegalStateException("cp failed");
    }
    try (var sqlite = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var statement = sqlite.createStatement();
        var whole = statement.executeQuery("PRAGMA integrity_check")) {
      whole.next();
    }
    var took = seconds(began);
    Files.delete(copy);
    return took;
  }

  private double load() throws IOException, InterruptedException {
    var place = new Place(backup.getParent().toString(), null);
    var source = new LoadTask.Source(place, "backup.db", null, null, null, null, null);
    var task = new FileLoadTask(NAMES, live.getParent().toString(), "shop.db", source);
    return program(FileLoad.class, FileLoadTask.VARIABLE, task.json());
  }

  private double safety() throws IOException, InterruptedException {
    var place = new Place(backup.getParent().toString(), null);
    var task =
        new FileBackupTask(
            live.getParent().toString(), "shop.db", place, "before-", Instant.now(), null);
    return program(FileBackup.class, FileBackupTask.VARIABLE, task.json());
  }

  private double work(FileTask.Step step) throws IOException, InterruptedException {
    var task = new FileTask(step, NAMES, live.getParent().toString(), "shop.db", CHECKS);
    return program(FileWork.class, FileTask.VARIABLE, task.json());
  }

  private double program(Class<?> main, String variable, String task)
      throws IOException, InterruptedException {
    var began = System.nanoTime();
    var program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx320m",
                "-Djava.io.tmpdir=" + scratch,
                "-cp",
                "app/*:lib/boot/*:lib/main/*",
                main.getName())
            .directory(Path.of("target", "quarkus-app").toFile());
    program.environment().put(variable, task);
    if (program.inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException(main.getSimpleName() + " failed");
    }
    return seconds(began);
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
