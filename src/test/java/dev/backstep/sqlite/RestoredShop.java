package dev.backstep.sqlite;

import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A file with few orders on a volume, in some state, and a backup with 100 of them beside it. */
final class RestoredShop {
  static final Names NAMES = new Names("0123abcd", 1);

  private static final String ORDERS = "CREATE TABLE orders (id INTEGER PRIMARY KEY, tax INTEGER)";

  private final Path volume;
  private final List<RestoreCheck> checks =
      List.of(new RestoreCheck("orders", "SELECT count(*) FROM orders", "value == 100"));

  private RestoredShop(Path volume) {
    this.volume = volume;
  }

  /** In what states an application, or its end, leaves a file. */
  enum Left {
    /** Nothing is beside it. */
    CLOSED {
      @Override
      void make(Path live) throws SQLException, IOException {
        application(live.getParent(), ORDERS, orders(7));
      }
    },
    /** A part of it is in the log that a process left when it died. */
    WITH_LOG {
      @Override
      void make(Path live) throws SQLException, IOException {
        var elsewhere = Files.createTempDirectory("application");
        var file = new TestFile(elsewhere);
        file.has("PRAGMA journal_mode = WAL", ORDERS, orders(5));
        try (var application = file.connection()) {
          TestFile.execute(application, "INSERT INTO orders VALUES (6, 19), (7, 19)");
          copied(elsewhere, live, Companions.WAL);
        }
      }
    },
    /** Half a transaction is in it, and the journal says how it was before. */
    WITH_JOURNAL {
      @Override
      void make(Path live) throws SQLException, IOException {
        var elsewhere = Files.createTempDirectory("application");
        var file = new TestFile(elsewhere);
        file.has(ORDERS, "CREATE TABLE large (id INTEGER PRIMARY KEY, text TEXT)", orders(7));
        file.hasRows("large", 5000, "n, 'text ' || n");
        try (var application = file.connection()) {
          TestFile.execute(application, "PRAGMA cache_size = 5", "PRAGMA synchronous = OFF");
          application.setAutoCommit(false);
          TestFile.execute(application, "DELETE FROM orders", "DELETE FROM large WHERE id > 100");
          copied(elsewhere, live, Companions.JOURNAL);
        }
      }
    },
    /** It is no database any more, and something is beside it. */
    DAMAGED {
      @Override
      void make(Path live) throws IOException {
        Files.writeString(live, "no database any more");
        Files.writeString(Companions.beside(live, Companions.WAL), "its log");
      }
    };

    abstract void make(Path live) throws SQLException, IOException;

    private static void application(Path folder, String... statements) {
      new TestFile(folder).has(statements);
    }

    private static void copied(Path from, Path live, String companion) throws IOException {
      Files.copy(from.resolve("shop.sqlite"), live);
      Files.copy(from.resolve("shop.sqlite" + companion), Companions.beside(live, companion));
    }
  }

  private static String orders(int count) {
    return "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT %d) INSERT INTO orders SELECT n, 19 FROM n"
        .formatted(count);
  }

  /** One whose backup was loaded and proven. */
  static RestoredShop proven(Path volume, Left left) throws Exception {
    var shop = loaded(volume, left);
    shop.step(FileTask.Step.Prove, new Disk());
    return shop;
  }

  static RestoredShop loaded(Path volume, Left left) throws Exception {
    var shop = new RestoredShop(volume);
    left.make(shop.live());
    Turn.with(
        shop.file(),
        () -> {
          var loading = new Loading(shop.file());
          var side = loading.begun();
          try (var made = DriverManager.getConnection("jdbc:sqlite:" + side)) {
            TestFile.execute(made, "PRAGMA journal_mode = WAL", ORDERS, orders(100));
          } catch (SQLException e) {
            throw new IOException(e);
          }
          return loading.loaded("shop.backup", Map.of(Note.FILE, "shop.backup"));
        });
    return shop;
  }

  Path live() {
    return volume.resolve("shop.sqlite");
  }

  RestoredFile file() {
    return new RestoredFile(live(), NAMES);
  }

  Map<String, String> step(FileTask.Step step, Disk disk) throws IOException, ProblemException {
    return new FileWork(new FileTask(step, NAMES, volume.toString(), "shop.sqlite", checks), disk)
        .done();
  }

  /** What an application would find that opened a file now; it does not open it itself. */
  String found(Path file) throws IOException {
    var copy = Files.createTempDirectory("look").resolve("shop.sqlite");
    Files.copy(file, copy);
    for (var companion : Companions.of(file)) {
      Files.copy(companion, Companions.as(companion, file, copy));
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var statement = connection.createStatement()) {
      try (var whole = statement.executeQuery("PRAGMA integrity_check")) {
        whole.next();
        if (!whole.getString(1).equals("ok")) {
          return whole.getString(1);
        }
      }
      try (var count = statement.executeQuery("SELECT count(*) FROM orders")) {
        count.next();
        return count.getString(1);
      }
    } catch (SQLException e) {
      return Files.readString(file);
    }
  }
}
