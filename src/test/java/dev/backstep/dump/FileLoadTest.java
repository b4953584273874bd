package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.database.swap.Names;
import dev.backstep.problem.ProblemException;
import dev.backstep.program.HowFar;
import dev.backstep.sqlite.Companions;
import dev.backstep.sqlite.FileWork;
import dev.backstep.sqlite.RestoredFile;
import dev.backstep.sqlite.TestFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of every sort, sound and broken, and the live file, which nobody touches. */
class FileLoadTest {
  private static final Names NAMES = new Names("0123abcd", 1);
  private static final String ORDERS = "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)";

  @TempDir Path volume;
  @TempDir Path backups;
  @TempDir Path scratch;

  private TestFile live;
  private TestFile backup;
  private byte[] before;

  @BeforeEach
  void aShop() throws IOException {
    live = new TestFile(volume).has(ORDERS).hasRows("orders", 7, "n, 'order ' || n");
    backup = new TestFile(backups).has(ORDERS).hasRows("orders", 5000, "n, 'order ' || n");
    before = Files.readAllBytes(live.path());
  }

  private static LoadTask.Source source(Path folder, String path) {
    return new LoadTask.Source(
        new Place(folder.toString(), null), path, null, null, null, null, null);
  }

  private FileLoad load(LoadTask.Source source) {
    return new FileLoad(new FileLoadTask(NAMES, volume.toString(), "shop.sqlite", source), scratch);
  }

  private void assertRefused(String reason, String... said) throws IOException {
    assertRefused(source(backups, "shop.sqlite"), reason, said);
  }

  private void assertRefused(LoadTask.Source source, String reason, String... said)
      throws IOException {
    assertThatThrownBy(() -> load(source).done())
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().reason()).isEqualTo(reason);
              List.of(said).forEach(it -> assertThat(e.problem().message()).contains(it));
            });
    assertThat(Files.readAllBytes(live.path())).isEqualTo(before);
    assertThat(Companions.of(live.path())).isEmpty();
  }

  @Test
  void aSoundBackupIsCopiedBesideTheLiveFile() throws Exception {
    Files.setPosixFilePermissions(live.path(), PosixFilePermissions.fromString("rw-rw----"));

    var facts = load(source(backups, "shop.sqlite")).done();

    var side = new RestoredFile(live.path(), NAMES).side();
    assertThat(Files.mismatch(side, backup.path())).isEqualTo(-1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(side)))
        .isEqualTo("rw-rw----");
    assertThat(facts)
        .containsEntry("file", "shop.sqlite")
        .containsEntry(FileWork.STATE, "Loaded")
        .containsKeys("sha256", "madeAt", "bytes");
    assertThat(Files.readAllBytes(live.path())).isEqualTo(before);
    assertThat(load(source(backups, "shop.sqlite")).done()).isEqualTo(facts);
  }

  @Test
  void itSaysHowFarItIsAlsoInTheEnd() throws Exception {
    var said = new ArrayList<String>();
    var task =
        new FileLoadTask(NAMES, volume.toString(), "shop.sqlite", source(backups, "shop.sqlite"));

    new FileLoad(task, scratch, new Announcement(said::add)).done();

    var size = Files.size(backup.path());
    assertThat(said)
        .containsExactly(
            "progress: %1$d of %1$d bytes copied".formatted(size),
            "progress: 0 of %d bytes checked".formatted(size),
            "progress: %1$d of %1$d bytes checked".formatted(size))
        .allMatch(line -> HowFar.last(line).isPresent());
  }

  @Test
  void whatAnEarlierAttemptLeftIsDeleted() throws Exception {
    var file = new RestoredFile(live.path(), NAMES);
    Files.writeString(file.side(), "half of it");
    var earlier = new RestoredFile(live.path(), new Names(NAMES.tag(), 3));
    Files.writeString(earlier.side(), "half of it");

    load(source(backups, "shop.sqlite")).done();

    assertThat(file.sides()).containsExactly(file.side());
  }

  @Test
  void anEmptyFileIsNoBackup() throws Exception {
    Files.write(backup.path(), new byte[0]);

    assertRefused("SourceCorrupt", "it is empty", "take another one");
  }

  @Test
  void aTextIsNoBackup() throws Exception {
    Files.writeString(backup.path(), "CREATE TABLE orders (id int);\n".repeat(100));

    assertRefused("SourceCorrupt", "it does not begin as a SQLite database does");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0005, 0.01, 0.3, 0.6, 0.999})
  void aBackupThatIsCutOffIsRefused(double part) throws Exception {
    try (var content = new RandomAccessFile(backup.path().toFile(), "rw")) {
      content.setLength((long) (content.length() * part));
    }

    var reason = Files.size(backup.path()) < 100 ? "SourceCorrupt" : "SourceTruncated";
    assertRefused(reason);
  }

  /** What SQLite's own structure is made of; the text in it only a checksum knows. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void flippedBitsAreFound(long seed) throws Exception {
    var sum = sum();
    flip(new Random(seed));

    assertRefused(
        new LoadTask.Source(
            new Place(backups.toString(), null), "shop.sqlite", null, null, sum, null, null),
        "WrongChecksum",
        "it is damaged, or another dump");
  }

  private String sum() throws IOException {
    try (var content = Files.newInputStream(backup.path())) {
      return FileContent.sum(content);
    }
  }

  private void flip(Random random) throws IOException {
    try (var content = new RandomAccessFile(backup.path().toFile(), "rw")) {
      // Behind the header, which has bytes that mean nothing.
      var at = 100 + (long) (random.nextDouble() * (content.length() - 100));
      content.seek(at);
      var old = content.read();
      content.seek(at);
      content.write(old ^ (1 << random.nextInt(8)));
    }
  }

  @Test
  void aPageThatIsDamagedIsFoundWithoutAChecksum() throws Exception {
    try (var content = new RandomAccessFile(backup.path().toFile(), "rw")) {
      content.seek(content.length() / 2 / 4096 * 4096);
      content.write(ByteBuffer.allocate(8).putLong(-1).array());
    }

    assertRefused("SourceCorrupt", "SQLite says: ");
  }

  @Test
  void anotherChecksumIsRefused() throws Exception {
    assertRefused(
        new LoadTask.Source(
            new Place(backups.toString(), null),
            "shop.sqlite",
            null,
            null,
            "ab".repeat(32),
            null,
            null),
        "WrongChecksum",
        "and sha256 says abab");
  }

  @Test
  void aBackupThatIsTooOldIsRefused() throws Exception {
    var source =
        new LoadTask.Source(
            new Place(backups.toString(), null),
            "shop.sqlite",
            null,
            null,
            null,
            null,
            Instant.now().plus(Duration.ofHours(1)));

    assertRefused(source, "TooOld", "allow more loss");
  }

  @Test
  void aBackupThatIsNotThereIsNamed() throws Exception {
    assertRefused(source(backups, "gone.sqlite"), "SourceMissing", "There is no gone.sqlite");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../shop.sqlite", "a/../shop.sqlite", "link.sqlite", "folder/shop.sqlite"})
  void noWayLeadsOutOfTheVolume(String path) throws Exception {
    Files.createSymbolicLink(backups.resolve("link.sqlite"), backup.path());
    Files.createSymbolicLink(backups.resolve("folder"), backups);

    assertRefused(source(backups, path), "PathNotAllowed");
  }

  @Test
  void aLinkInThePlaceOfTheLiveFileIsRefused() throws Exception {
    Files.move(live.path(), volume.resolve("real.sqlite"));
    Files.createSymbolicLink(live.path(), volume.resolve("real.sqlite"));

    assertRefused("PathNotAllowed", "shop.sqlite");
  }

  @Test
  void aLiveFileThatIsNotThereIsNamed() throws Exception {
    Files.delete(live.path());

    assertThatThrownBy(() -> load(source(backups, "shop.sqlite")).done())
        .hasMessageContaining("touch shop.sqlite");
    assertThat(volume).isEmptyDirectory();
  }

  @Test
  void aBackupOfSomethingElseIsRefused() throws Exception {
    Files.delete(backup.path());
    new TestFile(backups).has("CREATE TABLE sessions (id INTEGER PRIMARY KEY)");

    assertRefused("WrongDatabase", "has none of the tables of shop.sqlite, such as orders");
  }

  @Test
  void aCopyOfAFileThatWasOpenIsRefused() throws Exception {
    Files.writeString(Companions.beside(backup.path(), Companions.WAL), "a part of it");

    assertRefused("SourceNotWhole", "shop.sqlite-wal", "VACUUM INTO");
  }

  @Test
  void aFolderIsNoBackup() throws Exception {
    Files.createDirectory(backups.resolve("folder"));

    assertRefused(source(backups, "folder"), "SourceCorrupt", "is no file");
  }

  @Test
  void whatDoesNotFitOnTheVolumeIsNotBegun() throws Exception {
    try (var disk = SmallDisk.of("256k")) {
      var small = new TestFile(disk.path()).has(ORDERS);
      var sound = Files.readAllBytes(small.path());
      var task =
          new FileLoadTask(
              NAMES, disk.path().toString(), "shop.sqlite", source(backups, "shop.sqlite"));

      assertThatThrownBy(() -> new FileLoad(task, scratch).done())
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.problem().reason()).isEqualTo("DiskFull"));
      assertThat(Files.readAllBytes(small.path())).isEqualTo(sound);
      assertThat(new RestoredFile(small.path(), NAMES).sides()).isEmpty();
    }
  }
}
