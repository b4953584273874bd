package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.TestDatabase;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.Note;
import dev.backstep.program.Ending;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dump is loaded by the program itself, or it says why not, and then nothing was changed. */
class LoadIT {
  private static final Names NAMES = new Names("1a2b3c4d", 1);
  private static final Instant AT = Instant.parse("2026-11-29T03:00:00Z");

  @TempDir Path folder;

  private TestDatabase database;
  private Programs programs;
  private Path volume;
  private String side;

  @BeforeEach
  void anApplication() throws Exception {
    database =
        new TestDatabase(Programs.server())
            .has("CREATE TABLE customers (id int PRIMARY KEY, name text)")
            .has("CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers)")
            .has("COMMENT ON TABLE orders IS 'what was bought'")
            .has("INSERT INTO customers SELECT n, 'name' || n FROM generate_series(1, 100) n")
            .has("INSERT INTO orders SELECT n, 1 + n % 100 FROM generate_series(1, 5000) n");
    programs = new Programs(folder);
    volume = Files.createDirectories(folder.resolve("volume"));
    side = NAMES.side(database.name());
    hasSide("");
  }

  private void hasSide(String options) {
    var admin = database.server();
    admin.asAdmin("CREATE DATABASE %s OWNER %s%s".formatted(side, database.name(), options));
    says(new Note(NAMES.tag(), Note.State.Created, 1, Map.of()));
  }

  private void says(Note note) {
    database.server().asAdmin("COMMENT ON DATABASE %s IS '%s'".formatted(side, note.text()));
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.server().asAdmin("DROP DATABASE %s WITH (FORCE)".formatted(side));
      database.close();
    }
  }

  private LoadTask task(UnaryOperator<Wanted> wanted) {
    var source =
        wanted
            .apply(new Wanted(new Place(volume.toString(), null), null, null, null))
            .source(database.name());
    var secret = programs.mounted(database, Map.of());
    return new LoadTask(NAMES, secret, side, database.name(), source, 600);
  }

  /** Which dump is wanted, where it is not what is usual. */
  private record Wanted(Place from, String path, String sha256, Instant notOlderThan) {
    Wanted path(String other) {
      return new Wanted(from, other, sha256, notOlderThan);
    }

    Wanted sha256(String other) {
      return new Wanted(from, path, other, notOlderThan);
    }

    LoadTask.Source source(String database) {
      return new LoadTask.Source(
          from, path, path == null ? "daily-" : null, null, sha256, database, notOlderThan);
    }
  }

  private Path dumped(String file, String... options) {
    return Programs.dumped(database, volume.resolve(file), options);
  }

  private Optional<Note> note() {
    return Note.of(
        database
            .rows(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '%s'"
                    .formatted(side))
            .get(0));
  }

  private List<String> inSide(String query) throws SQLException {
    var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(database.server().port(), side);
    try (var connection = DriverManager.getConnection(url, database.name(), TestDatabase.PASSWORD);
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      var rows = new java.util.ArrayList<String>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    }
  }

  /** It is refused with this reason, before the side database was touched. */
  private String refused(String reason, UnaryOperator<Wanted> wanted) throws Exception {
    var ended = programs.run(task(wanted));

    assertThat(ended.said()).contains(reason + ": ");
    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(note().orElseThrow().state()).isEqualTo(Note.State.Created);
    assertThat(inSide("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
        .isEmpty();
    return ended.said();
  }

  private String refused(String reason, String file) throws Exception {
    return refused(reason, wanted -> wanted.path(file));
  }

  /** It is refused with this reason after it was begun. */
  private String failed(String reason, String file) throws Exception {
    var said = failed(file);

    assertThat(said).contains(reason + ": ");
    return said;
  }

  private String failed(String file) throws Exception {
    var ended = programs.run(task(wanted -> wanted.path(file)));

    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(note().orElseThrow().state()).isEqualTo(Note.State.Loading);
    assertThat(database.rows("SELECT count(*) FROM orders")).containsExactly("5000");
    return ended.said();
  }

  private void asItWasLoaded() throws SQLException {
    assertThat(inSide("SELECT count(*) FROM orders")).containsExactly("5000");
    assertThat(inSide("SELECT obj_description('orders'::regclass)"))
        .containsExactly("what was bought");
    assertThat(inSide("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'orders'"))
        .containsExactly(database.name());
    assertThat(inSide("SELECT reltuples::int FROM pg_class WHERE relname = 'orders'"))
        .containsExactly("5000");
    assertThat(inSide("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"))
        .containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"custom", "directory"})
  void aDumpIsLoadedAndTheSideDatabaseSaysWhatItIs(String format) throws Exception {
    dumped("orders.dump", "--format", format);

    var ended = programs.run(task(wanted -> wanted.path("orders.dump")));

    assertThat(ended.said()).contains("was loaded into " + side, "5,100 rows of 2 tables");
    assertThat(ended.code()).isZero();
    asItWasLoaded();
    var note = note().orElseThrow();
    assertThat(note.state()).isEqualTo(Note.State.Loaded);
    assertThat(note.facts())
        .containsEntry("file", "orders.dump")
        .containsEntry("tables", "2")
        .containsEntry("rows", "5100")
        .containsKeys("sha256", "madeAt", "bytes", Note.UNVOUCHED);
    assertThat(database.rows("SELECT count(*) FROM orders")).containsExactly("5000");
  }

  @Test
  void theNewestBackupBeforeATimeIsTaken() throws Exception {
    var place = new Place(volume.toString(), null);
    backedUp(place, AT.minusSeconds(60));
    var between = Instant.now();
    database.has("DELETE FROM orders WHERE id > 10");
    backedUp(place, AT);

    var source = new LoadTask.Source(place, null, "daily-", between, null, null, null);
    var secret = programs.mounted(database, Map.of());
    var ended = programs.run(new LoadTask(NAMES, secret, side, database.name(), source, 600));

    assertThat(ended.said()).contains("daily-20261129T025900Z.dump of ");
    assertThat(inSide("SELECT count(*) FROM orders")).containsExactly("5000");
    assertThat(note().orElseThrow().facts()).containsEntry("file", "daily-20261129T025900Z.dump");
  }

  private void backedUp(Place to, Instant at) throws Exception {
    var secret = programs.mounted(database, Map.of());
    var task = new BackupTask("tag", secret, to, "daily-", at, null, 600);
    assertThat(programs.run(task).code()).isZero();
  }

  @Test
  void aBackupComesBackFromABucket() throws Exception {
    try (var store = ObjectStore.with("backups")) {
      var keys = store.keys(folder.resolve("keys"));
      var place = new Place(null, new Place.S3(store.endpoint(), "eu-1", "backups", keys));
      backedUp(place, AT);

      var ended = programs.run(task(wanted -> new Wanted(place, null, null, null)));

      assertThat(ended.said()).contains("daily-20261129T030000Z.dump of ");
      asItWasLoaded();
    }
  }

  @Test
  void aBackupWhoseDumpIsGoneIsNone() throws Exception {
    backedUp(new Place(volume.toString(), null), AT);
    Files.delete(volume.resolve("daily-20261129T030000Z.dump"));

    assertThat(refused("SourceMissing", wanted -> wanted))
        .contains("There is no verified backup with prefix daily- in the volume");
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    refused("SourceMissing", "none.dump");
  }

  @Test
  void anEmptyFileIsNoDump() throws Exception {
    Files.createFile(volume.resolve("empty.dump"));

    refused("SourceEmpty", "empty.dump");
  }

  @Test
  void textIsNoDump() throws Exception {
    Files.writeString(volume.resolve("note.txt"), "The dump is on the other volume.\n");

    refused("NotADump", "note.txt");
  }

  /** Nobody writes into it, so whoever opened it would wait for ever. */
  @Test
  void aPipeIsNoDump() throws Exception {
    var pipe = new ProcessBuilder("mkfifo", volume.resolve("pipe.dump").toString()).start();
    assertThat(pipe.waitFor()).isZero();

    refused("NotADump", "pipe.dump");
  }

  @Test
  void whatIsNoManifestIsNamed() throws Exception {
    backedUp(new Place(volume.toString(), null), AT);
    Files.writeString(volume.resolve("daily-20261129T030000Z.dump.manifest.json"), "{}");

    refused("ManifestDamaged", wanted -> wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tar"})
  void scriptsAndArchivesAreRefused(String format) throws Exception {
    dumped("orders.sql", "--format", format);

    assertThat(refused("NotADump", "orders.sql")).contains("make dumps by pg_dump -Fc");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 40, 600, 2000, 10_000, -5000, -100, -1})
  void aDumpThatIsCutOffIsRefused(int length) throws Exception {
    var whole = Files.readAllBytes(dumped("whole.dump", "--format=custom"));
    var kept = length > 0 ? length : whole.length + length;
    assertThat(kept).isLessThan(whole.length);
    Files.write(volume.resolve("cut.dump"), Arrays.copyOf(whole, kept));

    var ended = programs.run(task(wanted -> wanted.path("cut.dump")));

    assertThat(ended.said()).containsAnyOf("NotADump: ", "SourceTruncated: ", "SourceCorrupt: ");
    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(note().orElseThrow().state()).isEqualTo(Note.State.Created);
  }

  @Test
  void aBitThatFlippedInTheDataIsFound() throws Exception {
    var bytes = Files.readAllBytes(dumped("orders.dump", "--format=custom"));
    bytes[bytes.length - 4000] ^= 4;
    Files.write(volume.resolve("orders.dump"), bytes);

    refused("SourceCorrupt", "orders.dump");
  }

  /** The table of contents has no check of its own: the manifest's sum is the one. */
  @Test
  void aBitThatFlippedAnywhereIsFoundByTheManifest() throws Exception {
    backedUp(new Place(volume.toString(), null), AT);
    var file = volume.resolve("daily-20261129T030000Z.dump");
    Files.write(file, replaced(Files.readAllBytes(file), "what was bought", "what was sold!!"));

    assertThat(refused("WrongChecksum", wanted -> wanted)).contains("and its manifest says ");
  }

  /** Where the sum is right, the dump is not read before it is loaded, which finds it out. */
  @Test
  void aManifestThatVouchesForABrokenDumpLoadsNothing() throws Exception {
    backedUp(new Place(volume.toString(), null), AT);
    var whole = Files.readAllBytes(volume.resolve("daily-20261129T030000Z.dump"));
    var cut = Arrays.copyOf(whole, whole.length - 5000);
    var manifest = volume.resolve("daily-20261129T030000Z.dump.manifest.json");
    Files.write(volume.resolve("daily-20261129T030000Z.dump"), cut);
    Files.writeString(
        manifest, Files.readString(manifest).replace(Content.sha256(whole), Content.sha256(cut)));

    failed("RestoreFailed", "daily-20261129T030000Z.dump");
  }

  @Test
  void anotherSumThanTheWantedOneIsNamed() throws Exception {
    dumped("orders.dump", "--format=custom");

    refused("WrongChecksum", wanted -> wanted.path("orders.dump").sha256("0".repeat(64)));
  }

  /** Replaces a text by one of the same length. */
  private static byte[] replaced(byte[] bytes, String text, String by) {
    assertThat(by).hasSameSizeAs(text);
    var all = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(all).contains(text);
    return all.replace(text, by).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aDumpOfAnotherDatabaseIsRefused() throws Exception {
    try (var other = new TestDatabase(Programs.server())) {
      Programs.dumped(other, volume.resolve("other.dump"), "--format=custom");

      assertThat(refused("WrongDatabase", "other.dump"))
          .contains("is a dump of database %s, and one of".formatted(other.name()));
    }
  }

  @Test
  void aDumpOfANewerServerIsRefused() throws Exception {
    var bytes = Files.readAllBytes(dumped("orders.dump", "--format=custom"));
    Files.write(volume.resolve("newer.dump"), replaced(bytes, "15.18", "99.18"));

    assertThat(refused("NewerVersion", "newer.dump")).contains("and the server is 15.");
  }

  @Test
  void aDumpThatThisPgRestoreCannotReadIsRefused() throws Exception {
    var bytes = Files.readAllBytes(dumped("orders.dump", "--format=custom"));
    bytes[6] = 99;
    Files.write(volume.resolve("newer.dump"), bytes);

    assertThat(refused("NewerVersion", "newer.dump")).contains("was made by a newer pg_dump");
  }

  @Test
  void aDumpThatIsTooOldIsRefused() throws Exception {
    dumped("orders.dump", "--format=custom");
    var tomorrow = Instant.now().plus(Duration.ofDays(1));

    refused("TooOld", wanted -> new Wanted(wanted.from(), "orders.dump", null, tomorrow));
  }

  @Test
  void pathsThatLeadElsewhereAreRefused() throws Exception {
    Programs.dumped(database, folder.resolve("elsewhere.dump"), "--format=custom");
    Files.createSymbolicLink(volume.resolve("link.dump"), folder.resolve("elsewhere.dump"));
    Files.createSymbolicLink(volume.resolve("up"), folder);

    refused("PathNotAllowed", "link.dump");
    refused("PathNotAllowed", "up/elsewhere.dump");
    refused("PathNotAllowed", "../elsewhere.dump");
    dumped("folder", "--format=directory");
    Files.createSymbolicLink(volume.resolve("folder/1.dat.gz"), folder.resolve("log"));
    refused("PathNotAllowed", "folder");
  }

  @Test
  void aFolderThatLacksAFileIsRefused() throws Exception {
    dumped("folder", "--format=directory");
    try (var files = Files.list(volume.resolve("folder"))) {
      var data = files.filter(it -> it.toString().endsWith(".dat.gz")).findFirst().orElseThrow();
      Files.delete(data);
    }

    refused("SourceCorrupt", "folder");
    Files.delete(volume.resolve("folder/toc.dat"));
    refused("NotADump", "folder");
  }

  @Test
  void aRoleThatTheServerDoesNotHaveIsNamed() throws Exception {
    database.server().asAdmin("CREATE ROLE reporting");
    database.has("GRANT SELECT ON orders TO reporting");
    dumped("orders.dump", "--format=custom");
    database.has("REVOKE ALL ON orders FROM reporting");
    database.server().asAdmin("DROP ROLE reporting");

    assertThat(refused("RoleMissing", "orders.dump")).contains("CREATE ROLE \"reporting\";");
  }

  @Test
  void anExtensionThatTheServerDoesNotHaveIsNamed() throws Exception {
    database.server().asAdmin(database.name(), "CREATE EXTENSION hstore");
    var bytes = Files.readAllBytes(dumped("orders.dump", "--format=custom"));
    Files.write(volume.resolve("other.dump"), replaced(bytes, "hstore", "hstorx"));

    assertThat(refused("ExtensionMissing", "other.dump")).contains("needs extension hstorx");
  }

  @Test
  void anExtensionThatOnlyASuperuserMayMakeIsNamedBeforeAnythingIsRestored() throws Exception {
    database.server().asAdmin(database.name(), "CREATE EXTENSION pageinspect");
    dumped("orders.dump", "--format=custom");

    assertThat(refused("ExtensionForbidden", "orders.dump"))
        .contains("CREATE EXTENSION \"pageinspect\";");
  }

  /** Whom a dump gives rights is read of what gives them, and of nothing else. */
  @Test
  void whoIsOnlyNamedInAFunctionIsNotMissed() throws Exception {
    database.has(
        "CREATE FUNCTION gives() RETURNS text LANGUAGE sql AS $$SELECT '\nGRANT SELECT ON orders TO nobody_here;\n'$$");
    dumped("orders.dump", "--format=custom");

    assertThat(programs.run(task(wanted -> wanted.path("orders.dump"))).code()).isZero();
  }

  /** The comment of an extension is of who made it, which is not who restores. */
  @Test
  void anExtensionIsRestoredByAPlainRole() throws Exception {
    database.server().asAdmin(database.name(), "CREATE EXTENSION hstore");
    database.server().asAdmin(side, "CREATE EXTENSION hstore");
    dumped("orders.dump", "--format=custom");

    assertThat(programs.run(task(wanted -> wanted.path("orders.dump"))).code()).isZero();
    asItWasLoaded();
  }

  @Test
  void whatNeedsASuperuserIsNotRestored() throws Exception {
    database
        .server()
        .asAdmin(
            database.name(),
            "CREATE FUNCTION public.spy() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                + " CREATE EVENT TRIGGER spy ON ddl_command_start EXECUTE FUNCTION public.spy()");
    dumped("hostile.dump", "--format=custom");

    assertThat(failed("HostileDump", "hostile.dump"))
        .contains("permission denied to create event trigger");
  }

  /** A function of an index is executed while it is restored, by whoever restores. */
  @Test
  void aHostileFunctionMayDoWhatAPlainRoleMayDo() throws Exception {
    database.has(
        """
        CREATE FUNCTION rise() RETURNS void LANGUAGE plpgsql AS
        'BEGIN IF current_database() LIKE ''%%bs%%'' THEN
          EXECUTE ''ALTER ROLE %1$s SUPERUSER''; END IF; END';
        CREATE FUNCTION mine(id int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
        'BEGIN PERFORM public.rise(); RETURN id; END';
        CREATE INDEX ON orders (mine(id))
        """
            .formatted(database.name()));
    dumped("hostile.dump", "--format=custom");

    failed("HostileDump", "hostile.dump");

    assertThat(database.rows("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        .containsExactly("f");
  }

  @Test
  void aSuperuserRestoresNothing() throws Exception {
    dumped("orders.dump", "--format=custom");
    database.server().asAdmin("ALTER ROLE %s SUPERUSER".formatted(database.name()));

    refused("RestoreAsSuperuser", "orders.dump");
  }

  @Test
  void aDiskThatIsFullIsNamed() throws Exception {
    // Less than the empty database has, of which most is still in the server's memory.
    try (var small = SmallDisk.of("4m")) {
      database.has("CREATE TABLE much AS SELECT n, md5(n::text) FROM generate_series(1, 100000) n");
      dumped("orders.dump", "--format=custom");
      var admin = database.server();
      admin.asAdmin("DROP DATABASE " + side);
      admin.asAdmin("CREATE TABLESPACE small LOCATION '%s'".formatted(small.path()));
      try {
        hasSide(" TABLESPACE small");

        // It may be a session that finds no space when it begins: that does not say why it ends.
        assertThat(failed("orders.dump"))
            .containsAnyOf(
                "DiskFull: The server's disk has no space",
                "could not write init file. See in its log why, such as a disk that is full");
      } finally {
        admin.asAdmin("DROP DATABASE " + side);
        admin.asAdmin("DROP TABLESPACE small");
        hasSide("");
      }
    }
  }

  @Test
  void aSideDatabaseOfAnotherAttemptIsNotLoaded() throws Exception {
    dumped("orders.dump", "--format=custom");
    says(new Note(NAMES.tag(), Note.State.Created, 2, Map.of()));

    assertThat(programs.run(task(wanted -> wanted.path("orders.dump"))).said())
        .contains("SideUnexpected: ");
  }

  /** Half a database is never taken for a whole one, and no row is there twice. */
  @Test
  void aLoaderThatIsKilledIsNotFollowedByAnother() throws Exception {
    database.has(
        "CREATE TABLE much AS SELECT n, repeat(md5(n::text), 9) AS t FROM generate_series(1,"
            + " 300000) n");
    dumped("orders.dump", "--format=custom", "--compress=0");
    var looks = new DumpLooks(new DatabaseLooks(database.sessions()));
    var task = task(wanted -> wanted.path("orders.dump"));

    var program = programs.start(Load.class, LoadTask.VARIABLE, task.json());
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> said(looks).filter(it -> it.startsWith("tables ")).isPresent());
    assertThat(said(looks).orElse("")).matches("tables [0-3] of 3.*|");
    program.descendants().forEach(ProcessHandle::destroyForcibly);
    program.destroyForcibly().waitFor();

    assertThat(note().orElseThrow().state()).isEqualTo(Note.State.Loading);
    var next = programs.run(task);
    assertThat(next.said()).contains("LoadInterrupted: ");
    assertThat(next.code()).isEqualTo(Ending.REFUSED);
    await().until(() -> said(looks).isEmpty());
  }

  private static Optional<String> said(DumpLooks looks) {
    return looks
        .progress(TestDatabase.SECRET, TestDatabase.AUTHOR, NAMES.tag())
        .toCompletableFuture()
        .join();
  }
}
