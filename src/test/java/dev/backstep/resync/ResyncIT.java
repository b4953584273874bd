package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.TestDatabase;
import dev.backstep.program.Ending;
import dev.backstep.resync.ResyncTask.Database;
import dev.backstep.resync.ResyncTask.Table;
import dev.backstep.sqlite.TestFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program itself, in a process of its own, as the container runs it. */
class ResyncIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int ROWS = 100_000;
  private static final int KILLED = 128 + 9;
  private static final String COPIED =
      "SELECT coalesce(sum(copied), 0) FROM backstep.resync WHERE id = 'run/copy'";

  @TempDir Path folder;

  private final TestDatabase target = new TestDatabase();
  private TestFile file;

  @BeforeEach
  void bothSides() throws IOException {
    file =
        new TestFile(folder)
            .has("CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT)")
            .hasRows("vehicles", ROWS, "n, 'vin ' || n");
    target.has("CREATE TABLE vehicles (id bigint PRIMARY KEY, vin text)");
    mount("target", Map.of());
  }

  @AfterEach
  void close() {
    target.close();
  }

  /** A Secret as the kubelet mounts it. */
  private void mount(String name, Map<String, String> otherwise) throws IOException {
    var mounted = Files.createDirectories(folder.resolve(name));
    for (var value : target.secret(otherwise).getData().entrySet()) {
      Files.write(mounted.resolve(value.getKey()), Base64.getDecoder().decode(value.getValue()));
    }
    Files.createDirectories(mounted.resolve("..data"));
  }

  private Process start(int batchSize) throws IOException {
    var task =
        new ResyncTask(
            "run/copy",
            "job-1",
            "shop",
            file.path().toString(),
            null,
            new Database("orders-db", folder.resolve("target").toString()),
            List.of(new Table("vehicles", List.of("id"))),
            batchSize,
            60);
    var scratch = Files.createDirectories(folder.resolve("scratch"));
    var program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + scratch,
            "-cp",
            System.getProperty("java.class.path"),
            Resync.class.getName());
    program.environment().put(ResyncTask.VARIABLE, task.json());
    return program.redirectErrorStream(true).redirectOutput(log().toFile()).start();
  }

  private Path log() {
    return folder.resolve("log");
  }

  private int ended(Process program) throws InterruptedException {
    assertThat(program.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return program.exitValue();
  }

  private String said() throws IOException {
    return Files.readString(log(), StandardCharsets.UTF_8);
  }

  private long copied() {
    return target.rows("SELECT to_regclass('backstep.resync')").contains("NULL")
        ? 0
        : Long.parseLong(target.rows(COPIED).get(0));
  }

  /** Into an empty table rows come in bulk, beside others' rows in batches. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnWhenItWasKilledInTheMiddle(boolean othersRows) throws Exception {
    target.has(
        othersRows
            ? "INSERT INTO vehicles (id, vin) VALUES (-1, 'of others')"
            : """
              CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
              CREATE TRIGGER slow BEFORE INSERT ON vehicles FOR EACH STATEMENT EXECUTE FUNCTION slow();
              """);
    target.has(
        """
        CREATE TABLE written (id bigint, vin text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO written VALUES (NEW.id, NEW.vin); RETURN NULL; END';
        CREATE TRIGGER note AFTER INSERT OR UPDATE ON vehicles FOR EACH ROW EXECUTE FUNCTION note()
        """);

    // When it is killed three times, each time after it got further.
    for (var times = 0; times < 3; times++) {
      var before = copied();
      var program = start(50);
      try {
        await().atMost(LIMIT).until(() -> copied() > before || !program.isAlive());
      } finally {
        program.destroyForcibly();
      }
      assertThat(ended(program)).isEqualTo(KILLED);
      assertThat(copied()).isGreaterThan(before).isLessThan(ROWS);
    }
    assertThat(ended(start(5000))).isZero();

    // Then no row was missed, and none was written twice.
    assertThat(said()).contains("vehicles 100,000/100,000, 100,000 of them new or changed");
    assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM vehicles WHERE id > 0"))
        .containsExactly("100000 100000");
    assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM written"))
        .containsExactly("100000 100000");
  }

  @Test
  void aDamagedFileEndsItBeforeAnythingIsWritten() throws Exception {
    try (var content = new RandomAccessFile(file.path().toFile(), "rw")) {
      content.seek(content.length() / 2);
      content.write(new byte[8192]);
    }

    assertThat(ended(start(50))).isEqualTo(Ending.REFUSED);

    assertThat(said()).contains("is damaged, or no SQLite database");
    assertThat(target.rows("SELECT to_regclass('backstep.resync'), count(*) FROM vehicles"))
        .containsExactly("NULL 0");
  }

  @Test
  void aTargetThatIsAwayMayBeBackLater() throws Exception {
    mount("target", Map.of("port", "1"));

    assertThat(ended(start(50))).isEqualTo(Ending.LATER);

    assertThat(said()).contains("Nothing listens for the database");
  }
}
