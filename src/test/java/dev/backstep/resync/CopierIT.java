package dev.backstep.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.database.DatabaseLooks;
import dev.backstep.database.TestDatabase;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.ResyncTask.Table;
import dev.backstep.sqlite.SqliteFile;
import dev.backstep.sqlite.TestFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SQLite file is copied into a PostgreSQL, and one PostgreSQL into another. */
class CopierIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Table VEHICLES = new Table("vehicles", List.of("id"));

  @TempDir Path volume;
  @TempDir Path scratch;

  private final TestDatabase target = new TestDatabase();
  private TestFile file;
  private String job = "job-1";
  private int batchSize = 3;

  @BeforeEach
  void aFile() {
    file = new TestFile(volume);
  }

  @AfterEach
  void close() {
    target.close();
  }

  private void bothHaveVehicles(int rows) {
    file.has("CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT, sold INTEGER)")
        .hasRows("vehicles", rows, "n, 'vin ' || n, n % 2");
    target.has("CREATE TABLE vehicles (id bigserial PRIMARY KEY, vin text, sold boolean)");
  }

  private Progress copied(Table... tables) throws Exception {
    var copied = new SqliteFile(file.path(), scratch.resolve("copy.sqlite"), LIMIT).copied();
    try (var source = new SqliteSource(copied.connection(), copied.version())) {
      return copied(source, tables);
    }
  }

  private Progress copied(Source source, Table... tables) throws Exception {
    var task =
        new ResyncTask("run/copy", job, "shop", null, null, null, List.of(tables), batchSize, 20);
    try (var session = target.sessions().open(TestDatabase.SECRET, TestDatabase.AUTHOR, LIMIT)) {
      return new Copier(task, source, session, line -> {}).copy();
    }
  }

  @Test
  void copiesWhatIsNewAndWhatIsChangedAndNothingElse() throws Exception {
    bothHaveVehicles(10);
    target.has("INSERT INTO vehicles VALUES (1, 'vin 1', true), (2, 'old', true), (99, 'x', null)");
    var untouched = target.rows("SELECT xmin FROM vehicles WHERE id = 1");

    var progress = copied(VEHICLES);

    assertThat(target.rows("SELECT * FROM vehicles ORDER BY id LIMIT 2"))
        .containsExactly("1 vin 1 t", "2 vin 2 f");
    assertThat(target.rows("SELECT count(*) FROM vehicles")).containsExactly("11");
    assertThat(target.rows("SELECT xmin FROM vehicles WHERE id = 1")).isEqualTo(untouched);
    assertThat(progress.summary())
        .isEqualTo("vehicles 10/10, 9 of them new or changed, beside 1 other rows");
  }

  /** Where nobody else has a row, nothing is looked for: all of it comes by COPY. */
  @Test
  void anEmptyTableIsFilledInBulk() throws Exception {
    bothHaveVehicles(10);

    var progress = copied(VEHICLES);

    assertThat(progress.summary()).isEqualTo("vehicles 10/10, 10 of them new or changed");
    assertThat(target.rows("SELECT count(*), count(DISTINCT xmin::text) FROM vehicles"))
        .as("of a transaction, though batches have 3 rows")
        .containsExactly("10 1");
  }

  /** COPY has signs of its own. */
  @Test
  void textsInBulkComeAsTheyAre() throws Exception {
    file.has(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)",
        "INSERT INTO t VALUES (1, char(9, 10, 13, 92)), (2, '\\N'), (3, ''), (4, NULL), (5, '\\.'), (6, 'Zoë, \"x\"')");
    target.has("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)");

    copied(new Table("t", List.of("id")));

    assertThat(target.rows("SELECT id, encode(convert_to(note, 'UTF8'), 'hex') FROM t ORDER BY id"))
        .containsExactly("1 090a0d5c", "2 5c4e", "3 ", "4 NULL", "5 5c2e", "6 5a6fc3ab2c20227822");
  }

  @Test
  void valuesInBulkAreThoseOfBatches() throws Exception {
    file.has(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, ok, at, n, f, raw, word, code)",
        "INSERT INTO t VALUES (1, 1, 1761040800, 3 * 0.37, 0.1, X'00ff', char(9, 10, 92), X'00112233445566778899aabbccddeeff')",
        "INSERT INTO t VALUES (2, 0.0, '2025-10-21 12:00:00.5 +02:00', 12, 9e999, 'text', '\\N', '00112233-4455-6677-8899-AABBCCDDEEFF')",
        "INSERT INTO t VALUES (3, 'yes', 2460969.75, '1e3', 1, '', '', NULL)",
        "INSERT INTO t VALUES (4, NULL, NULL, NULL, NULL, NULL, char(1), NULL)",
        "INSERT INTO t VALUES (5, 't', 1761040800123, -1, 5e-324, X'', CAST(X'61ff' AS TEXT), NULL)",
        "INSERT INTO t VALUES (6, 'off', '2025-10-21', 1e20, -2.5, X'0a', 17, NULL)",
        "INSERT INTO t VALUES (7, 1, 0, 0, 0, X'5c', 2.50, NULL)");
    target.has(
        "CREATE TABLE t (id int PRIMARY KEY, ok boolean, at timestamptz, n numeric, f float8, raw bytea, word text, code uuid)");
    var t = new Table("t", List.of("id"));
    var all = "SELECT * FROM t WHERE id > 0 ORDER BY id";

    copied(t);
    var bulk = target.rows(all);
    target.has("TRUNCATE t; INSERT INTO t VALUES (-1)");
    job = "job-2";
    copied(t);

    assertThat(target.rows("SELECT count(DISTINCT xmin::text) FROM t WHERE id > 0"))
        .as("batches of 3 rows, since a row of others is there")
        .containsExactly("3");
    assertThat(target.rows(all)).isEqualTo(bulk).hasSize(7);
  }

  /** All was written, and not what comes after. */
  @Test
  void afterTheLastBatchNothingIsWrittenTwice() throws Exception {
    bothHaveVehicles(10);
    target.has("REVOKE ALL ON SEQUENCE vehicles_id_seq FROM %s".formatted(target.name()));
    assertThatThrownBy(() -> copied(VEHICLES)).hasMessageContaining("vehicles_id_seq");
    assertThat(target.rows("SELECT place, copied, state FROM backstep.resync"))
        .containsExactly("{10} 10 waiting");

    target.has("GRANT ALL ON SEQUENCE vehicles_id_seq TO %s".formatted(target.name()));
    var progress = copied(VEHICLES);

    assertThat(progress.summary()).isEqualTo("vehicles 10/10, 10 of them new or changed");
  }

  /** Such as a table with policies, which COPY does not fill. */
  @Test
  void whatCannotBeFilledInBulkIsFilledInBatches() throws Exception {
    bothHaveVehicles(10);
    target.has(
        """
        CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF current_query() LIKE 'COPY%' THEN RAISE SQLSTATE '0A000'; END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER refused BEFORE INSERT ON vehicles FOR EACH STATEMENT EXECUTE FUNCTION refused()
        """);

    var progress = copied(VEHICLES);

    assertThat(progress.summary()).isEqualTo("vehicles 10/10, 10 of them new or changed");
    assertThat(target.rows("SELECT count(*), count(DISTINCT xmin::text) FROM vehicles"))
        .containsExactly("10 4");
  }

  @Test
  void numbersOfNewRowsComeAfterThoseThatWereCopied() throws Exception {
    bothHaveVehicles(10);

    copied(VEHICLES);

    assertThat(target.rows("INSERT INTO vehicles (vin) VALUES ('new') RETURNING id"))
        .containsExactly("11");
  }

  @Test
  void whatOthersReferToIsCopiedFirst() throws Exception {
    file.has(
        "CREATE TABLE parts (id INTEGER PRIMARY KEY, vehicle INTEGER)",
        "CREATE TABLE vehicles (id INTEGER PRIMARY KEY)",
        "INSERT INTO vehicles VALUES (1)",
        "INSERT INTO parts VALUES (7, 1)");
    target.has(
        "CREATE TABLE vehicles (id int PRIMARY KEY); CREATE TABLE parts (id int PRIMARY KEY, vehicle int REFERENCES vehicles)");

    copied(new Table("parts", List.of("id")), VEHICLES);

    assertThat(target.rows("SELECT * FROM parts")).containsExactly("7 1");
  }

  @Test
  void everyTypeComesAsWhatItMeans() throws Exception {
    file.has(
        "CREATE TABLE t (id TEXT PRIMARY KEY, ok INTEGER, price REAL, at TEXT, epoch INTEGER, local TEXT, day TEXT, doc TEXT, raw BLOB, word TEXT, tags TEXT)",
        "INSERT INTO t VALUES ('00112233-4455-6677-8899-aabbccddeeff', 1, 19.9, '2025-10-21 12:00:00.5 +02:00', 1761040800000, '2025-10-21 12:00:00 +02:00', '2025-10-21', '{\"a\": [1, \"é\"]}', X'00ff', 'tab\there \\ and \"quotes\", {braces}', '{a,b}')",
        "INSERT INTO t (id) VALUES ('00112233-4455-6677-8899-aabbccddee00')");
    target.has(
        "CREATE DOMAIN money_amount AS numeric(12, 2); CREATE TABLE t (id uuid PRIMARY KEY, ok boolean, price money_amount, at timestamptz, epoch timestamptz, local timestamp, day date, doc jsonb, raw bytea, word varchar(40), tags text[])");

    copied(new Table("t", List.of("id")));

    assertThat(
            target.rows(
                "SELECT ok, price, at AT TIME ZONE 'UTC', epoch AT TIME ZONE 'UTC', local, day, doc, raw, word, tags[2] FROM t WHERE ok"))
        .containsExactly(
            "t 19.90 2025-10-21 10:00:00.5 2025-10-21 10:00:00 2025-10-21 10:00:00 2025-10-21 {\"a\": [1, \"é\"]} \\x00ff tab\there \\ and \"quotes\", {braces} b");
    assertThat(
            target.rows(
                "SELECT num_nulls(ok, price, at, epoch, local, day, doc, raw, word, tags) FROM t WHERE ok IS NULL"))
        .containsExactly("10");
  }

  @Test
  void theDifferenceOfTheColumnsIsSaid() throws Exception {
    file.has(
        "CREATE TABLE vehicles (ID INTEGER PRIMARY KEY, vin TEXT, colour TEXT)",
        "INSERT INTO vehicles VALUES (1, 'a', 'red')");
    target.has("CREATE TABLE vehicles (id int PRIMARY KEY, vin text, owner text DEFAULT 'us')");

    var progress = copied(VEHICLES);

    assertThat(target.rows("SELECT * FROM vehicles")).containsExactly("1 a us");
    assertThat(progress.summary())
        .contains("not in the target, so not copied: columns colour")
        .contains("not in the source, so left alone: columns owner");
  }

  @Test
  void rowsWithoutAKeyOrWithTheSameOneAreCounted() throws Exception {
    file.has(
        "CREATE TABLE vehicles (id INTEGER, vin TEXT)",
        "INSERT INTO vehicles VALUES (1, 'a'), (2, 'b'), (2, 'c'), (NULL, 'd'), (2, 'e'), (3, 'f'), (3, 'g'), (4, 'h')");
    target.has("CREATE TABLE vehicles (id int PRIMARY KEY, vin text)");
    batchSize = 1;

    var progress = copied(VEHICLES);

    assertThat(target.rows("SELECT * FROM vehicles ORDER BY id"))
        .containsExactly("1 a", "2 e", "3 g", "4 h");
    assertThat(progress.summary())
        .startsWith("vehicles 4/4")
        .contains("1 rows without a key, not copied")
        .contains("2 keys on more than one row, such as 2, 3: the last row of each counts");
  }

  /** For SQLite these are two keys. */
  @Test
  void whatIsTheSameForTheTargetIsWrittenOnce() throws Exception {
    file.has(
        "CREATE TABLE vehicles (id, vin TEXT)", "INSERT INTO vehicles VALUES (1, 'a'), ('1', 'b')");
    target.has("CREATE TABLE vehicles (id int PRIMARY KEY, vin text)");

    copied(VEHICLES);

    assertThat(target.rows("SELECT * FROM vehicles")).containsExactly("1 b");
  }

  /** Others' rows are between, or the target has another order: then each key is looked for. */
  @Test
  void keysInAnotherOrderAreFound() throws Exception {
    file.has(
        "CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vin TEXT)",
        "INSERT INTO vehicles VALUES (2, 'a'), (4, 'b'), (6, 'c')",
        "CREATE TABLE parts (id TEXT PRIMARY KEY, n INTEGER)",
        "INSERT INTO parts VALUES ('9', 1), ('10', 2), ('100', 3)");
    target.has(
        "CREATE TABLE vehicles (id int PRIMARY KEY, vin text); INSERT INTO vehicles VALUES (3, 'x'), (5, 'y'); CREATE TABLE parts (id int PRIMARY KEY, n int)");

    var progress = copied(VEHICLES, new Table("parts", List.of("id")));

    assertThat(progress.summary())
        .isEqualTo(
            "vehicles 3/3, 3 of them new or changed, beside 2 other rows; parts 3/3, 3 of them new or changed");
  }

  /** As texts they have signs of their own in arrays. */
  @Test
  void keysOfAnyCharactersAreFound() throws Exception {
    file.has(
        "CREATE TABLE t (id TEXT, at INTEGER, note TEXT, PRIMARY KEY (id, at))",
        "INSERT INTO t VALUES ('', 1, 'a'), ('NULL', 2, 'b'), ('{a,\"b\\', 3, 'c'), (char(9, 10), 4, 'd'), ('é', 5, 'e')",
        "CREATE TABLE k (id TEXT PRIMARY KEY, note TEXT)",
        "INSERT INTO k SELECT id, note FROM t");
    target.has(
        "CREATE TABLE t (id text, at int, note text, PRIMARY KEY (id, at)); CREATE TABLE k (id text PRIMARY KEY, note text)");

    var progress = copied(new Table("t", List.of("id", "at")), new Table("k", List.of("id")));

    assertThat(progress.summary())
        .isEqualTo("t 5/5, 5 of them new or changed; k 5/5, 5 of them new or changed");
    assertThat(target.rows("SELECT id FROM k WHERE note = 'c'")).containsExactly("{a,\"b\\");
  }

  /** Composite, an enum, and of an extension's or a domain's type. */
  @Test
  void keysOfAnyTypeAreFoundAgain() throws Exception {
    file.has(
        "CREATE TABLE t (kind TEXT, at TEXT, note TEXT, PRIMARY KEY (kind, at))",
        "INSERT INTO t VALUES ('car', '2025-10-21 12:00:00+02:00', 'a'), ('van', '2025-10-21', 'b')",
        "CREATE TABLE k (kind TEXT PRIMARY KEY, note CHAR)",
        "INSERT INTO k VALUES ('car', 'a'), ('van', 'b')");
    target.has(
        "CREATE TYPE kind AS ENUM ('van', 'car'); CREATE DOMAIN moment AS timestamp; CREATE TABLE t (kind kind, at moment, note text, PRIMARY KEY (kind, at)); CREATE TABLE k (kind kind PRIMARY KEY, note char(3))");

    var progress = copied(new Table("t", List.of("kind", "at")), new Table("k", List.of("kind")));

    assertThat(target.rows("SELECT * FROM t ORDER BY note"))
        .containsExactly("car 2025-10-21 10:00:00 a", "van 2025-10-21 00:00:00 b");
    assertThat(progress.done()).isTrue();
  }

  @Test
  void aTextThatIsTooLongIsRefusedAndNotCut() throws Exception {
    bothHaveVehicles(1);
    target.has("ALTER TABLE vehicles ALTER COLUMN vin TYPE varchar(3)");

    assertThatThrownBy(() -> copied(VEHICLES))
        .hasMessageContaining("The target refuses row 1 of table vehicles: value too long");
  }

  @Test
  void aRowThatIsRefusedIsNamedAndTheNextJobGoesOn() throws Exception {
    bothHaveVehicles(10);
    target.has("ALTER TABLE vehicles ADD CHECK (vin <> 'vin 8')");

    assertThatThrownBy(() -> copied(VEHICLES))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("The target refuses row 8 of table vehicles")
        .hasMessageContaining("vehicles_vin_check");
    assertThat(target.rows("SELECT count(*) FROM vehicles")).containsExactly("6");
    var written = target.rows("SELECT id, xmin FROM vehicles WHERE id <= 6");

    target.has(
        "ALTER TABLE vehicles DROP CONSTRAINT vehicles_vin_check; DELETE FROM vehicles WHERE id = 1; INSERT INTO vehicles VALUES (1, 'vin 1', true)");
    job = "job-2";
    var progress = copied(VEHICLES);

    assertThat(progress.summary()).isEqualTo("vehicles 10/10, 10 of them new or changed");
    assertThat(target.rows("SELECT id, xmin FROM vehicles WHERE id <= 6"))
        .containsAll(written.subList(1, 6));
  }

  @Test
  void anotherVersionOfTheSourceIsCopiedFromTheBeginning() throws Exception {
    bothHaveVehicles(10);
    target.has("ALTER TABLE vehicles ADD CHECK (vin <> 'vin 8')");
    assertThatThrownBy(() -> copied(VEHICLES)).isInstanceOf(ProblemException.class);

    file.has("UPDATE vehicles SET vin = 'fine' WHERE id IN (2, 8)");
    copied(VEHICLES);

    assertThat(target.rows("SELECT count(*) FROM vehicles WHERE vin = 'fine'"))
        .containsExactly("2");
  }

  @Test
  void whatIsDoneIsDoneForThisJobAndBegunAnewByTheNext() throws Exception {
    bothHaveVehicles(10);
    copied(VEHICLES);
    target.has("UPDATE vehicles SET vin = 'other'");

    copied(VEHICLES);
    assertThat(target.rows("SELECT DISTINCT vin FROM vehicles")).containsExactly("other");

    job = "job-2";
    copied(VEHICLES);
    assertThat(target.rows("SELECT count(DISTINCT vin) FROM vehicles")).containsExactly("10");
  }

  @Test
  void keysOfSeveralColumnsAreGoneThroughInTheirOrder() throws Exception {
    file.has(
        "CREATE TABLE stock (shop TEXT, part INTEGER, n INTEGER, PRIMARY KEY (shop, part))",
        "INSERT INTO stock VALUES ('a', 2, 1), ('a', 10, 2), ('b''s', 1, 3), ('c', 1, 4), ('c', 2, 5)");
    target.has(
        "CREATE TABLE stock (shop text, part int, n int CHECK (n <> 4), PRIMARY KEY (part, shop))");
    batchSize = 1;
    var stock = new Table("stock", List.of("shop", "part"));
    assertThatThrownBy(() -> copied(stock)).hasMessageContaining("row c/1 of table stock");

    target.has("ALTER TABLE stock DROP CONSTRAINT stock_n_check");
    copied(stock);

    assertThat(target.rows("SELECT n FROM stock ORDER BY n"))
        .containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void keysThatTheTargetLosesAreMissed() throws Exception {
    bothHaveVehicles(10);
    target.has(
        """
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER skip BEFORE INSERT ON vehicles FOR EACH ROW WHEN (NEW.id = 4) EXECUTE FUNCTION skip()
        """);

    assertThatThrownBy(() -> copied(VEHICLES))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Of 10 keys of table vehicles that were copied, the target has 9")
        .hasMessageContaining("without 4");

    target.has("DROP TRIGGER skip ON vehicles");
    assertThat(copied(VEHICLES).summary()).isEqualTo("vehicles 10/10, 1 of them new or changed");
  }

  @Test
  void whatDoesNotFitIsNamedBeforeAnythingIsWritten() throws Exception {
    file.has("CREATE TABLE vehicles (id INTEGER, colour TEXT)", "CREATE TABLE parts (id INTEGER)");
    target.has(
        "CREATE TABLE vehicles (id int, vin text NOT NULL, UNIQUE (id)); CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE parts (id int PRIMARY KEY, n int UNIQUE)");

    assertRefused(
        VEHICLES, "needs values in vin, and the source has no such columns, only id, colour");
    assertRefused(new Table("parts", List.of("id")), "Table parts has nothing but its key");
    assertRefused(new Table("orders", List.of("id")), "The source has no table orders");
    assertRefused(new Table("none", List.of("id")), "The target has no table none");
    assertRefused(
        new Table("vehicles", List.of("nr")),
        "Table vehicles of the target has no column nr, which its key names");
    assertRefused(new Table("parts", List.of("n")), "Table parts of the source has only id");
    target.has("ALTER TABLE vehicles DROP CONSTRAINT vehicles_id_key");
    assertRefused(VEHICLES, "no primary key or unique index of exactly id");
    assertThat(target.rows("SELECT to_regclass('backstep.resync')")).containsExactly("NULL");
    target.has("CREATE SCHEMA backstep; CREATE TABLE backstep.effect (mark int PRIMARY KEY)");
    assertRefused(
        new Table("%s.backstep.effect".formatted(target.name()), List.of("mark")),
        "Table backstep.effect is Backstep's own record of the database");
  }

  private void assertRefused(Table table, String why) {
    assertThatThrownBy(() -> copied(table))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aUserWhoMayNotKeepTheProgressIsTold() throws Exception {
    bothHaveVehicles(1);
    TestDatabase.asAdmin("ALTER DATABASE %s OWNER TO postgres".formatted(target.name()));

    assertThatThrownBy(() -> copied(VEHICLES))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("GRANT CREATE ON DATABASE");
  }

  @Test
  void theOperatorSeesHowFarItIsAndWhatIsInTheWay() throws Exception {
    bothHaveVehicles(10);
    var looks = new ResyncLooks(new DatabaseLooks(target.sessions()));
    var wrong = List.of(VEHICLES, new Table("parts", List.of("id")));
    assertThat(problems(looks, List.of(VEHICLES))).isEmpty();
    assertThat(problems(looks, wrong)).containsExactly("The target has no table parts");
    assertThat(seen(looks)).isEmpty();

    copied(VEHICLES);

    assertThat(seen(looks)).contains("vehicles 10/10, 10 of them new or changed");
    TestDatabase.asAdmin("ALTER DATABASE %s OWNER TO postgres".formatted(target.name()));
    assertThat(problems(looks, List.of(VEHICLES))).isEmpty();
    target.has("DROP TABLE backstep.resync; DROP SCHEMA backstep");
    assertThat(problems(looks, List.of(VEHICLES)))
        .containsExactly("The user of the Secret may not make or use table backstep");
  }

  private static List<String> problems(ResyncLooks looks, List<Table> tables) {
    return looks
        .ofTarget(TestDatabase.SECRET, TestDatabase.AUTHOR, tables)
        .toCompletableFuture()
        .join()
        .stream()
        .map(problem -> problem.message().split("[.]")[0])
        .toList();
  }

  private static Optional<String> seen(ResyncLooks looks) {
    return looks
        .progress(TestDatabase.SECRET, TestDatabase.AUTHOR, "run/copy")
        .toCompletableFuture()
        .join()
        .progress()
        .map(Progress::now);
  }

  @Test
  void onePostgresIsCopiedIntoAnother() throws Exception {
    try (var origin = new TestDatabase()) {
      for (var database : List.of(origin, target)) {
        database.has(
            "CREATE TYPE kind AS ENUM ('car', 'van'); CREATE TABLE vehicles (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind kind, made timestamp, doc json, tags text[], double bigint GENERATED ALWAYS AS (id * 2) STORED)");
      }
      origin.has(
          "INSERT INTO vehicles (kind, made, doc, tags) SELECT 'van', '2025-10-21 10:00', '{}', ARRAY['a', NULL] FROM generate_series(1, 500)");
      batchSize = 7;

      var progress = copied(opened(origin), VEHICLES);

      assertThat(progress.summary()).isEqualTo("vehicles 500/500, 500 of them new or changed");
      var all = "SELECT md5(string_agg(v::text, ' ' ORDER BY id)) FROM vehicles v";
      assertThat(target.rows(all)).isEqualTo(origin.rows(all));
    }
  }

  @Test
  void aPostgresIsReadFromWhereItWasLeft() throws Exception {
    var vehicles = "CREATE TABLE vehicles (id bigint, at date, PRIMARY KEY (at, id))";
    target.has(vehicles);
    try (var origin = new TestDatabase().has(vehicles)) {
      origin.has(
          "INSERT INTO vehicles VALUES (9, '2025-01-01'), (10, '2025-01-01'), (1, '2025-01-02')");
      try (var source = opened(origin);
          var connection = target.connection()) {
        var table = new TargetCatalog(connection).table("vehicles").orElseThrow();
        var copy = Matching.of(source.table("vehicles").orElseThrow(), table, List.of("at", "id"));

        try (var rows = source.rows(copy, copy.columns(), List.of("2025-01-01", "9"))) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.place()).containsExactly("2025-01-01", "10");
          assertThat(rows.next()).isTrue();
          assertThat(rows.values()).containsExactly("2025-01-02", "1");
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  private static PostgresSource opened(TestDatabase origin) throws Exception {
    return new PostgresSource(
        origin.sessions().openReading(TestDatabase.SECRET, TestDatabase.AUTHOR, LIMIT), LIMIT);
  }

  @Test
  void theSourceIsNeverWrittenTo() throws Exception {
    bothHaveVehicles(10);
    var before = Files.readAllBytes(file.path());

    copied(VEHICLES);

    assertThat(Files.readAllBytes(file.path())).isEqualTo(before);
  }
}
