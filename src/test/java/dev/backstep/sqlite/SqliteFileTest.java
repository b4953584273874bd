package dev.backstep.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in every state in which an application, or its end, may leave them. */
class SqliteFileTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @TempDir Path volume;
  @TempDir Path scratch;

  private TestFile file;

  @BeforeEach
  void aShop() {
    file = new TestFile(volume);
  }

  private void hasVehicles(int count) {
    file.has("CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT)")
        .hasRows("vehicles", count, "n, 'vin ' || n");
  }

  @Test
  void isReadAsItIs() throws Exception {
    hasVehicles(10);
    var before = Files.readAllBytes(file.path());

    assertThat(vehicles()).isEqualTo(10);

    assertThat(Files.readAllBytes(file.path())).isEqualTo(before);
    assertThat(volume).isDirectoryNotContaining("glob:**.sqlite-*");
  }

  @Test
  void isReadWithTheLogThatIsBeingWritten() throws Exception {
    hasVehicles(10);
    try (var application = file.connection()) {
      TestFile.execute(
          application, "PRAGMA journal_mode = WAL", "INSERT INTO vehicles VALUES (11, 'x')");
      application.setAutoCommit(false);
      TestFile.execute(application, "INSERT INTO vehicles VALUES (12, 'not committed')");

      assertThat(vehicles()).isEqualTo(11);
    }
  }

  @Test
  void isReadWithTheLogThatAProcessLeftWhenItDied() throws Exception {
    hasVehicles(10);
    try (var application = file.connection()) {
      TestFile.execute(
          application, "PRAGMA journal_mode = WAL", "INSERT INTO vehicles VALUES (11, 'x')");
      file = leftBehind("-wal");
    }

    assertThat(vehicles()).isEqualTo(11);
    assertThat(file.path().getParent()).isDirectoryNotContaining("glob:**-shm");
  }

  @Test
  void isReadWhenItsLogIsAtRest() throws Exception {
    hasVehicles(10);
    file.has("PRAGMA journal_mode = WAL");

    assertThat(vehicles()).isEqualTo(10);
    assertThat(volume).isDirectoryNotContaining("glob:**.sqlite-*");
  }

  /** Half a transaction is in the file, and the journal beside it says how it was before. */
  @Test
  void isReadAsItWasBeforeTheTransactionOfAProcessThatDied() throws Exception {
    hasVehicles(5000);
    try (var application = file.connection()) {
      TestFile.execute(application, "PRAGMA cache_size = 5", "PRAGMA synchronous = OFF");
      application.setAutoCommit(false);
      TestFile.execute(application, "DELETE FROM vehicles WHERE id > 100");
      file = leftBehind("-journal");
      assertThat(Files.size(file.path().resolveSibling("shop.sqlite-journal"))).isPositive();
    }

    assertThat(vehicles()).isEqualTo(5000);
    assertThat(file.path().resolveSibling("shop.sqlite-journal")).exists();
  }

  /** What is on the disk when the process ends now. */
  private TestFile leftBehind(String suffix) throws IOException {
    var left = Files.createDirectory(volume.resolve("left"));
    for (var name : List.of("shop.sqlite", "shop.sqlite" + suffix)) {
      Files.copy(volume.resolve(name), left.resolve(name));
    }
    return new TestFile(left);
  }

  @Test
  void isWaitedForWhileItIsLocked() throws Exception {
    hasVehicles(10);
    try (var application = file.connection()) {
      TestFile.execute(application, "BEGIN EXCLUSIVE");

      assertThatThrownBy(this::vehicles)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("Somebody keeps the file")
          .hasMessageContaining(file.path().toString());
    }

    assertThat(vehicles()).isEqualTo(10);
  }

  @Test
  void isRefusedWhenItIsDamaged() throws Exception {
    hasVehicles(5000);
    try (var content = new RandomAccessFile(file.path().toFile(), "rw")) {
      content.seek(content.length() / 2);
      content.write(new byte[8192]);
    }

    assertThatThrownBy(this::vehicles)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("is damaged, or no SQLite database");
  }

  @Test
  void isRefusedWhenItIsSomethingElse() throws Exception {
    Files.writeString(file.path(), "no database, but long enough to have a header ".repeat(10));

    assertThatThrownBy(this::vehicles).hasMessageContaining("is damaged, or no SQLite database");
  }

  @Test
  void isNamedWhenItIsNotThere() {
    assertThatThrownBy(this::vehicles)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("There is no file " + file.path());
  }

  @Test
  void anotherVersionIsAnotherVersion() throws Exception {
    hasVehicles(10);
    var before = version();
    assertThat(version()).isEqualTo(before);

    file.has("INSERT INTO vehicles SELECT id + 1000, vin FROM vehicles");

    assertThat(version()).isNotEqualTo(before);
  }

  private SqliteFile.Copied copied() throws ProblemException {
    return new SqliteFile(file.path(), scratch.resolve("copy.sqlite"), PATIENCE).copied();
  }

  private String version() throws SQLException, ProblemException {
    try (var copied = copied()) {
      return copied.version();
    }
  }

  private long vehicles() throws SQLException, ProblemException {
    try (var copied = copied();
        var query = copied.connection().createStatement();
        var count = query.executeQuery("SELECT count(*) FROM vehicles")) {
      count.next();
      return count.getLong(1);
    }
  }
}
