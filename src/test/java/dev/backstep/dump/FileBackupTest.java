package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.swap.Names;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.HowFar;
import dev.backstep.program.HowFar.Doing;
import dev.backstep.sqlite.Companions;
import dev.backstep.sqlite.TestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of SQLite files, of which applications write to some. */
class FileBackupTest {
  private static final Instant AT = Instant.parse("2026-03-01T02:00:00Z");
  private static final String FILE = "daily-20260301T020000Z.sqlite";

  @TempDir Path volume;
  @TempDir Path backups;
  @TempDir Path scratch;

  private TestFile live;

  @BeforeEach
  void aShop() {
    live =
        new TestFile(volume)
            .has("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)")
            .hasRows("orders", 1000, "n, 'order ' || n");
  }

  private FileBackup backup(Place to, Instant at, Duration retention) {
    return new FileBackup(task(to, at, retention), scratch);
  }

  private FileBackupTask task(Place to, Instant at, Duration retention) {
    return new FileBackupTask(
        volume.toString(),
        "shop.sqlite",
        to,
        "daily-",
        at,
        retention == null ? null : retention.toSeconds());
  }

  private Place onVolume() {
    return new Place(backups.toString(), null);
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(backups)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsBeingWrittenIsInIt() throws Exception {
    try (var application = live.connection()) {
      TestFile.execute(
          application, "PRAGMA journal_mode = WAL", "INSERT INTO orders VALUES (2000, 'new')");

      var said = backup(onVolume(), AT, null).made();

      assertThat(said).startsWith(FILE).contains("1,001 rows of 1 tables", "sha256", "read back");
    }
    assertThat(files()).containsExactly(FILE, FILE + ".manifest.json");
    try (var copy = DriverManager.getConnection("jdbc:sqlite:" + backups.resolve(FILE));
        var count = copy.createStatement().executeQuery("SELECT count(*) FROM orders")) {
      count.next();
      assertThat(count.getInt(1)).isEqualTo(1001);
    }
    assertThat(backup(onVolume(), AT, null).made()).startsWith(FILE);
  }

  @Test
  void itSaysHowFarItIsAlsoInTheEnd() throws Exception {
    var said = new ArrayList<String>();

    new FileBackup(task(onVolume(), AT, null), scratch, new Announcement(said::add)).made();

    var size = Files.size(backups.resolve(FILE));
    assertThat(said)
        .containsExactly(
            new HowFar(Doing.STORE, size, size).line(),
            new HowFar(Doing.READ_BACK, 0, size).line(),
            new HowFar(Doing.READ_BACK, size, size).line());
  }

  /** Somebody has it locked for a while, or it is large. */
  @Test
  void itSaysMeanwhileHowFarItIs() throws Exception {
    var said = new CopyOnWriteArrayList<String>();
    var size = Files.size(live.path());
    try (var application = live.connection()) {
      TestFile.execute(application, "BEGIN EXCLUSIVE");
      var backup = new FileBackup(task(onVolume(), AT, null), scratch, new Announcement(said::add));
      var made = CompletableFuture.supplyAsync(() -> made(backup));
      await().until(() -> !said.isEmpty());
      TestFile.execute(application, "COMMIT");
      assertThat(made.get(30, TimeUnit.SECONDS)).contains("read back");
    }

    assertThat(said).startsWith(new HowFar(Doing.COPY, 0, size).line());
  }

  private static String made(FileBackup backup) {
    try {
      return backup.made();
    } catch (ProblemException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsCopiedIsStoredThen() throws Exception {
    var to = backups.resolve("copy.sqlite");
    var size = Files.size(live.path());
    var copy = new WrittenCopy(live.path(), scratch);

    assertThat(copy.howFar(0)).isEqualTo(new HowFar(Doing.COPY, 0, size));
    copy.into(to);
    assertThat(copy.howFar(7)).isEqualTo(new HowFar(Doing.STORE, 7, size));
  }

  /** The newest that ended before the trouble is taken, and what it is of is known. */
  @Test
  void whatWasMadeCanBeRestored() throws Exception {
    backup(onVolume(), AT, null).made();
    live.has("DELETE FROM orders");
    var wanted = new LoadTask.Source(onVolume(), null, "daily-", null, null, "shop.sqlite", null);
    var task = new FileLoadTask(new Names("0123abcd", 1), volume.toString(), "shop.sqlite", wanted);

    assertThat(new FileLoad(task, scratch).done()).containsEntry("file", FILE);

    var other = new LoadTask.Source(onVolume(), null, "daily-", null, null, "other.db", null);
    assertThatThrownBy(
            () ->
                new FileLoad(
                        new FileLoadTask(
                            new Names("0123abce", 1), volume.toString(), "shop.sqlite", other),
                        scratch)
                    .done())
        .hasMessageContaining("is a backup of shop.sqlite, and one of other.db is wanted");
  }

  @Test
  void olderOnesGoButOnlyTheseAndNeverTheNewest() throws Exception {
    backup(onVolume(), AT, null).made();
    Files.writeString(backups.resolve("daily-notes.txt"), "keep");
    Files.writeString(backups.resolve("daily-20200301T020000Z.dump"), "keep");

    var said = backup(onVolume(), AT.plus(Duration.ofDays(1)), Duration.ofSeconds(0)).made();

    assertThat(said).endsWith("; 1 older ones deleted");
    assertThat(files())
        .containsExactly(
            "daily-20200301T020000Z.dump",
            "daily-20260302T020000Z.sqlite",
            "daily-20260302T020000Z.sqlite.manifest.json",
            "daily-notes.txt");
  }

  @Test
  void aDamagedFileIsKeptAsItIsAndIsNoBackup() throws Exception {
    Files.writeString(live.path(), "no database any more");
    Files.writeString(Companions.beside(live.path(), Companions.WAL), "its log");

    assertThatThrownBy(() -> backup(onVolume(), AT, Duration.ofSeconds(0)).made())
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().reason()).isEqualTo(FileBackup.KEPT_AS_FOUND);
              assertThat(e.problem().message())
                  .contains("with what is beside it, as daily-20260301T020000Z.damaged");
            });

    assertThat(backups.resolve("daily-20260301T020000Z.damaged"))
        .hasContent("no database any more");
    assertThat(backups.resolve("daily-20260301T020000Z.damaged-wal")).hasContent("its log");
    var wanted = new LoadTask.Source(onVolume(), null, "daily-", null, null, null, null);
    try (var store = onVolume().open()) {
      assertThatThrownBy(() -> Found.in(store, wanted, FileNames.COPY))
          .hasMessageContaining("There is no verified backup with prefix daily-");
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    Files.delete(live.path());

    assertThatThrownBy(() -> backup(onVolume(), AT, null).made())
        .hasMessageContaining("There is no file");
    assertThat(files()).isEmpty();
  }
}
