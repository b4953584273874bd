package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.TestDatabase;
import dev.backstep.database.TestServer;
import dev.backstep.program.Ending;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup by the program itself, on a volume and in a store that speaks Amazon's protocol. */
class BackupIT {
  private static final Instant AT = Instant.parse("2026-11-29T03:00:00Z");
  private static final String FILE = "orders/daily-20261129T030000Z.dump";

  /** Where the server keeps a table. */
  private static final String TABLE_FILE =
      "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('customers')";

  @TempDir Path folder;

  private TestDatabase database;
  private Programs programs;
  private Path volume;

  @BeforeEach
  void anApplication() throws Exception {
    database =
        new TestDatabase(Programs.server())
            .has("CREATE TABLE orders (id int PRIMARY KEY, note text)")
            .has("CREATE TABLE customers (id int)")
            .has("INSERT INTO orders SELECT n, E'a\\nb' || n FROM generate_series(1, 4711) n");
    programs = new Programs(folder);
    volume = Files.createDirectories(folder.resolve("volume"));
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private BackupTask task(Instant at, Long retentionSeconds) {
    return task(new Place(volume.toString(), null), at, retentionSeconds);
  }

  private BackupTask task(Place to, Instant at, Long retentionSeconds) {
    var secret = programs.mounted(database, Map.of());
    return new BackupTask("tag1", secret, to, "orders/daily-", at, retentionSeconds, 600);
  }

  private List<String> files() throws Exception {
    try (var files = Files.list(volume.resolve("orders"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Manifest manifest(byte[] json) throws Exception {
    return Manifest.of("it", json);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void isADumpWithAManifestThatSaysWhatIsInIt() throws Exception {
    var ended = programs.run(task(AT, null));

    assertThat(ended.said()).contains(FILE + ": ", "4,711 rows of 2 tables, sha256 ", "read back");
    assertThat(ended.code()).isZero();
    assertThat(files())
        .containsExactly(
            "daily-20261129T030000Z.dump", "daily-20261129T030000Z.dump.manifest.json");
    var dump = Files.readAllBytes(volume.resolve(FILE));
    var manifest = manifest(Files.readAllBytes(volume.resolve(FILE + ".manifest.json")));
    assertThat(manifest.sha256()).isEqualTo(sha256(dump));
    assertThat(manifest.bytes()).isEqualTo(dump.length);
    assertThat(manifest.database()).isEqualTo(database.name());
    assertThat(manifest.server()).startsWith("15.");
    assertThat(manifest.rows())
        .containsExactly(Map.entry("public.customers", 0L), Map.entry("public.orders", 4711L));
    assertThat(manifest.started()).isBefore(manifest.ended());
  }

  /** What is secret is in a file of the scratch space, and in nothing that others see. */
  @Test
  void saysNoPassword() throws Exception {
    assertThat(programs.run(task(AT, null)).said()).doesNotContain(TestDatabase.PASSWORD);

    try (var files = Files.list(folder.resolve("scratch"))) {
      var passwords = files.filter(it -> it.endsWith("pgpass")).findFirst().orElseThrow();
      assertThat(Files.getPosixFilePermissions(passwords)).hasSize(2);
    }
  }

  @Test
  void aSecondPodOfTheSameJobFindsItMade() throws Exception {
    programs.run(task(AT, null));
    var before = Files.getLastModifiedTime(volume.resolve(FILE));
    database.has("DELETE FROM orders");

    var again = programs.run(task(AT, null));

    assertThat(again.code()).isZero();
    assertThat(again.said()).contains("4,711 rows");
    assertThat(Files.getLastModifiedTime(volume.resolve(FILE))).isEqualTo(before);
  }

  @Test
  void onlyOlderOnesWithThisPrefixAndAManifestAreDeleted() throws Exception {
    for (var day = 1; day <= 3; day++) {
      assertThat(programs.run(task(AT.minusSeconds(day * 86_400L), null)).code()).isZero();
    }
    for (var other : List.of("daily-other.dump", "weekly-20261101T030000Z.dump")) {
      Files.writeString(volume.resolve("orders").resolve(other), "of others");
    }
    // As an earlier one is whose manifest says that it ended long ago.
    var old = volume.resolve("orders/daily-20261126T030000Z.dump.manifest.json");
    Files.writeString(old, aged(Files.readString(old)));

    var ended = programs.run(task(AT, 3600L));

    assertThat(ended.said()).contains("; 1 older ones deleted");
    assertThat(files())
        .contains(
            "daily-20261127T030000Z.dump",
            "daily-20261128T030000Z.dump.manifest.json",
            "daily-20261129T030000Z.dump",
            "daily-other.dump",
            "weekly-20261101T030000Z.dump")
        .noneMatch(name -> name.startsWith("daily-20261126"));
  }

  private static String aged(String manifest) {
    return manifest.replaceAll("(\"ended\" : )\"[^\"]*\"", "$1\"2026-01-01T00:00:00Z\"");
  }

  @Test
  void whatKilledProgramsLeftIsDeletedOnceNoneCanRunAnyMore() throws Exception {
    Files.createDirectories(volume.resolve("orders"));
    for (var left :
        List.of("daily-20261127T030000Z.dump.partial", "daily-20261129T020000Z.dump.partial")) {
      Files.writeString(volume.resolve("orders").resolve(left), "half");
    }

    assertThat(programs.run(task(AT, null)).code()).isZero();

    assertThat(files())
        .containsExactly(
            "daily-20261129T020000Z.dump.partial",
            "daily-20261129T030000Z.dump",
            "daily-20261129T030000Z.dump.manifest.json");
  }

  @Test
  void theLastOneIsNeverDeleted() throws Exception {
    programs.run(task(AT, null));
    var manifest = volume.resolve(FILE + ".manifest.json");
    Files.writeString(manifest, aged(Files.readString(manifest)));

    try (var store = new VolumeStore(volume)) {
      var retention = new Retention(store, FileNames.DUMP);
      assertThat(retention.after("orders/daily-", AT, 0L)).isEmpty();
    }

    assertThat(files()).hasSize(2);
  }

  @Test
  void aPodThatIsKilledLeavesNoBackupAndTheNextOneMakesIt() throws Exception {
    database.has(
        "INSERT INTO orders SELECT n, repeat(md5(n::text), 20) FROM generate_series(5000, 200000) n");
    var program = programs.start(Backup.class, BackupTask.VARIABLE, task(AT, null).json());
    var partial = volume.resolve(FILE + ".partial");
    await()
        .pollInterval(java.time.Duration.ofMillis(5))
        .until(() -> Files.exists(partial) && Files.size(partial) > 0 || !program.isAlive());
    program.descendants().forEach(ProcessHandle::destroyForcibly);
    program.destroyForcibly().waitFor();

    assertThat(files()).noneMatch(name -> name.endsWith(".dump"));
    assertThat(programs.run(task(AT, null)).code()).isZero();

    assertThat(files()).hasSize(2);
  }

  @Test
  void whatMayNotBeReadIsNoBackup() throws Exception {
    database
        .server()
        .asAdmin(database.name(), "CREATE TABLE hidden (id int); REVOKE ALL ON hidden FROM PUBLIC");

    var ended = programs.run(task(AT, null));

    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(ended.said()).contains("DumpFailed: ", "permission denied for table hidden");
    assertThat(files()).noneMatch(name -> name.endsWith(".dump"));
  }

  /** Rewritten, it is not in the server's memory any more, so the server reads what is there. */
  @Test
  void aDatabaseThatIsDamagedIsNamed() throws Exception {
    database.has("INSERT INTO customers SELECT generate_series(1, 1000)");
    database.server().asAdmin(database.name(), "VACUUM FULL customers");
    try (var session = database.server().superuser(database.name());
        var statement = session.createStatement();
        var found = statement.executeQuery(TABLE_FILE)) {
      found.next();
      damage(found.getString(1));
    }

    var ended = programs.run(task(AT, null));

    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
    assertThat(ended.said()).contains("DatabaseDamaged: ", "invalid page in block 0");
    assertThat(files()).noneMatch(name -> name.endsWith(".dump"));
  }

  private static void damage(String file) throws IOException {
    try (var pages = new RandomAccessFile(file, "rw")) {
      pages.write("this is no page".repeat(4).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aDatabaseThatIsAwayMayBeBackLater() throws Exception {
    var secret = programs.mounted(database, Map.of("port", "1"));
    var task = task(AT, null);
    programs.mounted(database, Map.of("port", "1"));

    var ended = programs.run(task);

    assertThat(secret.folder()).isEqualTo(task.database().folder());
    assertThat(ended.code()).isEqualTo(Ending.LATER);
    assertThat(ended.said()).contains("DatabaseRefused: Nothing listens for the database");
  }

  @Test
  void theServersCertificateIsVerified() throws Exception {
    var task = task(AT, null);
    programs.mounted(
        database, Map.of("sslmode", "verify-ca", "sslrootcert", TestServer.certificate()));

    assertThat(programs.run(task)).extracting(Programs.Ended::code).isEqualTo(0);
  }

  @Test
  void aVolumeWithoutSpaceIsNamed() throws Exception {
    try (var small = SmallDisk.of("256k")) {
      database.has(
          "INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(5000, 100000) n");

      var ended = programs.run(task(new Place(small.path().toString(), null), AT, null));

      assertThat(ended.code()).isEqualTo(Ending.REFUSED);
      assertThat(ended.said()).contains("DiskFull: the volume has no space left");
    }
  }

  @Test
  void aLinkOnTheVolumeIsNotFollowed() throws Exception {
    Files.createSymbolicLink(volume.resolve("orders"), folder);

    var ended = programs.run(task(AT, null));

    assertThat(ended.said()).contains("PathNotAllowed: ");
    assertThat(ended.code()).isEqualTo(Ending.REFUSED);
  }

  @Test
  void howFarItIsIsSaidInTheNameOfASession() throws Exception {
    database.has(
        "INSERT INTO orders SELECT n, repeat(md5(n::text), 20) FROM generate_series(5000, 200000) n");
    var looks = new DumpLooks(new DatabaseLooks(database.sessions()));

    var program = programs.start(Backup.class, BackupTask.VARIABLE, task(AT, null).json());

    await()
        .until(() -> said(looks).filter(it -> it.matches("begins|.* dumped|reads .*")).isPresent());
    assertThat(programs.ended(program).code()).isZero();
    await().until(() -> said(looks).isEmpty());
  }

  private static Optional<String> said(DumpLooks looks) {
    return looks
        .progress(TestDatabase.SECRET, TestDatabase.AUTHOR, "tag1")
        .toCompletableFuture()
        .join();
  }

  @Test
  void aBucketGetsTheSame() throws Exception {
    try (var store = ObjectStore.with("backups")) {
      var keys = store.keys(folder.resolve("keys"));
      var place = new Place(null, new Place.S3(store.endpoint(), null, "backups", keys));

      assertThat(programs.run(task(place, AT.minusSeconds(86_400), null)).code()).isZero();
      var ended = programs.run(task(place, AT, 1L));

      assertThat(ended.said()).contains("4,711 rows of 2 tables");
      assertThat(ended.code()).isZero();
      try (var opened = place.open()) {
        assertThat(opened.list("orders/")).contains(FILE, FILE + ".manifest.json");
        var manifest = manifest(opened.read(FILE + ".manifest.json").orElseThrow());
        assertThat(manifest.sha256()).isEqualTo(sha256(opened.read(FILE).orElseThrow()));
      }
    }
  }

  /** A dump of several parts, which would not fit into the program's memory. */
  @Test
  void aLargeDumpIsSentInParts() throws Exception {
    try (var store = ObjectStore.with("backups")) {
      var keys = store.keys(folder.resolve("keys"));
      var place = new Place(null, new Place.S3(store.endpoint(), null, "backups", keys));
      database.has(
          "CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 100) m) FROM generate_series(1, 22000) n");

      var ended = programs.run(task(place, AT, null));

      assertThat(ended.said()).contains("26,711 rows");
      try (var opened = place.open()) {
        assertThat(manifest(opened.read(FILE + ".manifest.json").orElseThrow()).bytes())
            .isGreaterThan(32L * 1024 * 1024);
      }
    }
  }

  @Test
  void whatIsWrongWithABucketIsNamed() throws Exception {
    try (var store = ObjectStore.with("backups")) {
      var keys = store.keys(folder.resolve("keys"));
      var absent = new Place(null, new Place.S3(store.endpoint(), null, "other", keys));
      var away = new Place(null, new Place.S3("http://127.0.0.1:1", null, "backups", keys));

      assertThat(programs.run(task(absent, AT, null)).said())
          .contains("BucketMissing: There is no bucket other");
      var later = programs.run(task(away, AT, null));
      assertThat(later.code()).isEqualTo(Ending.LATER);
      Files.writeString(Path.of(keys, "secretAccessKey"), "wrong");
      var wrong = new Place(null, new Place.S3(store.endpoint(), null, "backups", keys));
      assertThat(programs.run(task(wrong, AT, null)).said()).contains("BucketForbidden: The keys");
    }
  }

  @Test
  void programsThatAreOlderThanTheServerAreNamed() throws Exception {
    var bin = Files.createDirectories(folder.resolve("bin"));
    for (var name : List.of("pg_dump", "pg_restore")) {
      Files.writeString(
          bin.resolve(name), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.4 (Debian)'\n");
      assertThat(bin.resolve(name).toFile().setExecutable(true)).isTrue();
    }

    var installed = PgPrograms.in(List.of(bin));

    assertThat(installed.all()).extracting(PgPrograms.Installed::version).containsExactly("13.4");
    assertThat(Stream.of(15, 13).map(major -> chosen(installed, major)))
        .containsExactly(
            "The server is PostgreSQL 15, and the operator's image has these programs of version 13.4 at most. Add pg_dump and pg_restore of that version to the image, as with Debian's package postgresql-client-15.",
            "13.4");
  }

  private static String chosen(PgPrograms programs, int major) {
    try {
      return programs.of(major).get(0).version();
    } catch (dev.backstep.problem.ProblemException e) {
      return e.problem().message();
    }
  }

  /** A line of data may be anything, also what ends the data of a table elsewhere. */
  @Test
  void rowsAreCountedAsTheScriptHasThem() throws Exception {
    var script =
        """
        COPY public.a (x, "y (z)") FROM stdin;
        COPY public.b (x) FROM stdin;
        \\\\.
        \\.
        SELECT 1;
        COPY public."b c" (x) FROM stdin;
        \\.
        """;

    var rows =
        new RowCounts()
            .of(new java.io.ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)));

    assertThat(rows).containsExactly(Map.entry("public.\"b c\"", 0L), Map.entry("public.a", 2L));
  }
}
