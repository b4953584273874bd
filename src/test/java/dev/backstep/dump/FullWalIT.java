package dev.backstep.dump;

import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.program.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk of the server's log is full while a dump is loaded: the whole server stops. Once there
 * is space again, the live data is there as before.
 */
class FullWalIT {
  private static final Names NAMES = new Names("ab12cd34", 1);
  private static final String ORDERS = "SELECT count(*) || ' ' || count(DISTINCT id) FROM orders";
  private static final int KEPT_FREE = 200_000;

  @TempDir Path folder;

  @Test
  void aLogThatIsFullEndsTheLoadAndNotTheLiveData() throws Exception {
    try (var disk = SmallDisk.of("160m")) {
      var wal = Files.createDirectory(disk.path().resolve("wal"));
      var server = Programs.server(wal);
      var database = new TestDatabase(server);
      database.has(
          "CREATE TABLE orders AS SELECT n AS id, repeat(md5(n::text), 9) AS note FROM"
              + " generate_series(1, 200000) n");
      Programs.dumped(database, folder.resolve("orders.dump"), "--format=custom");
      var side = database.name() + "_side";
      server.asAdmin("CREATE DATABASE %s OWNER %s".formatted(side, database.name()));
      server.asAdmin(
          "COMMENT ON DATABASE %s IS '%s'"
              .formatted(side, new Note(NAMES.tag(), Note.State.Created, 1, Map.of()).text()));
      server.asAdmin("CHECKPOINT");
      var postmaster = postmaster(server);
      var started = command(postmaster);
      fill(disk.path());

      var ended = load(database, side);

      assertThat(ended.said()).contains("LoadLost: ", "a disk that is full");
      assertThat(ended.code()).isEqualTo(Ending.REFUSED);
      Files.delete(disk.path().resolve("others"));
      // Where its recovery finds no space either, the server ends until somebody starts it again.
      await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> !postmaster.isAlive() || isThere(database));
      if (!postmaster.isAlive()) {
        new ProcessBuilder(started).redirectErrorStream(true).redirectOutput(DISCARD).start();
      }
      await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> isThere(database));
      server.close();
    }
  }

  private static ProcessHandle postmaster(TestServer server) throws SQLException {
    try (var connection = server.superuser("postgres");
        var statement = connection.createStatement();
        var said =
            statement.executeQuery(
                "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) {
      said.next();
      return ProcessHandle.of(said.getLong(1)).orElseThrow();
    }
  }

  /** As it was started; a server refuses to be run by root. */
  private static List<String> command(ProcessHandle postmaster) {
    var command = new ArrayList<String>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(postmaster.info().command().orElseThrow());
    command.addAll(List.of(postmaster.info().arguments().orElseThrow()));
    return command;
  }

  private static boolean isThere(TestDatabase database) throws SQLException {
    return orders(database).equals("200000 200000");
  }

  private Programs.Ended load(TestDatabase database, String side) throws Exception {
    var programs = new Programs(folder);
    var source =
        new LoadTask.Source(
            new Place(folder.toString(), null), "orders.dump", null, null, null, null, null);
    return programs.run(
        new LoadTask(
            NAMES, programs.mounted(database, Map.of()), side, database.name(), source, 600));
  }

  /** A server that recovers may leave whoever asks without an answer. */
  private static String orders(TestDatabase database) throws SQLException {
    var url =
        "jdbc:postgresql://127.0.0.1:%d/%s?sslmode=disable&connectTimeout=2&socketTimeout=5"
            .formatted(database.server().port(), database.name());
    try (var connection = DriverManager.getConnection(url, database.name(), TestDatabase.PASSWORD);
        var statement = connection.createStatement();
        var said = statement.executeQuery(ORDERS)) {
      said.next();
      return said.getString(1);
    }
  }

  /** Others use the same disk. */
  private static void fill(Path disk) throws IOException {
    var free = Files.getFileStore(disk).getUsableSpace() - KEPT_FREE;
    try (var out = Files.newOutputStream(disk.resolve("others"))) {
      var block = new byte[100_000];
      for (var written = 0L; written + block.length < free; written += block.length) {
        out.write(block);
      }
    }
  }
}
