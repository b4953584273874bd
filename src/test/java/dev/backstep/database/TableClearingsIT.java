package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.SqlEffects.undoMark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.TestDatabase.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.api.v1alpha1.sync.ClearTable.Method;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.testing.StandingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues that are emptied, and what was in them. */
class TableClearingsIT {
  private static final Instant NOW = SqlEffects.NOW;
  private static final String JOBS = "SELECT id, name FROM jobs ORDER BY id";
  private static final String SWAPPED = "public.jobs_bs_20261121t120000";
  private static final String COPIED = "backstep.jobs_bs_20261121t120000";

  private final TestDatabase database = new TestDatabase();
  private final DatabaseLooks looks = new DatabaseLooks(database.sessions());
  private final ClearTables tables = new ClearTables(looks);
  private final TableClearings clearings =
      new TableClearings(
          database.sessions(),
          new MarkedTransactions(database.sessions(), new StandingClock(NOW)),
          new Fence(database.sessions()),
          new SqlReversals(looks));

  @BeforeEach
  void fill() {
    database.has(
        "CREATE TABLE jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)");
    database.has("INSERT INTO jobs (name) SELECT 'job ' || n FROM generate_series(1, 5) n");
  }

  @AfterEach
  void close() {
    looks.stop();
    database.close();
  }

  private ClearTables.Found found(Method method, Integer maxItems, Instant now, String retention) {
    return found(new ClearTable(new Ref(SECRET), "jobs", method, retention), maxItems, now);
  }

  private ClearTables.Found found(ClearTable queue, Integer maxItems, Instant now) {
    return tables
        .look(queue, maxItems, now, Duration.ofSeconds(20), AUTHOR)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private TableClearing effect(Method method) {
    var found = found(method, null, NOW, null);
    assertThat(found.problems()).isEmpty();
    return found.effect().orElseThrow();
  }

  private Problem refused(Method method) {
    var problems = found(method, null, NOW, null).problems();
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  private Outcome send(TableClearing effect, int number) {
    return clearings.send(effect, mark(number), AUTHOR, SqlEffects.NOT_AFTER);
  }

  private String cleared(TableClearing effect, int number) {
    var outcome = send(effect, number);
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    return ((Outcome.Applied) outcome).said();
  }

  private Outcome undone(TableClearing effect) throws Exception {
    var sent = List.of(new Sent<>(effect, mark(1), new Outcome.Applied(null)));
    var step =
        clearings.reverse(sent, List.of(), AUTHOR).toCompletableFuture().get(20, TimeUnit.SECONDS);
    return clearings.send(
        (TableClearing) step.effects().get(0), undoMark(1), AUTHOR, SqlEffects.NOT_AFTER);
  }

  private static Problem problem(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).problem();
  }

  @ParameterizedTest
  @CsvSource({"Swap," + SWAPPED, "Copy," + COPIED})
  void whatWasInTheQueueIsInItsBackup(Method method, String backup) throws Exception {
    var before = database.rows(JOBS);

    assertThat(cleared(effect(method), 1))
        .isEqualTo("5 rows of table public.jobs taken into table %s, 0 left".formatted(backup));

    assertThat(database.rows(JOBS)).isEmpty();
    assertThat(database.rows("SELECT id, name FROM %s ORDER BY id".formatted(backup)))
        .isEqualTo(before);
    assertThat(database.rows("SELECT obj_description('%s'::regclass)".formatted(backup)))
        .containsExactly(
            "Backstep's backup of public.jobs, taken 2026-11-21T12:00:00Z: 5 rows, by bs-run-1/fix/apply/1/0");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void jobsThatComeAfterwardsHaveOtherNumbersAndStay(Method method) throws Exception {
    var before = database.rows(JOBS);
    var effect = effect(method);
    cleared(effect, 1);
    database.has("INSERT INTO jobs (name) VALUES ('late')");
    assertThat(database.rows(JOBS)).containsExactly("6 late");

    assertThat(undone(effect)).isEqualTo(Outcome.Applied.saying("5 rows put back"));

    assertThat(database.rows(JOBS).subList(0, 5)).isEqualTo(before);
    assertThat(database.rows(JOBS)).contains("6 late");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void rowsWhoseKeysAreTakenAreLeftInTheBackup(Method method) throws Exception {
    var effect = effect(method);
    cleared(effect, 1);
    database.has("INSERT INTO jobs OVERRIDING SYSTEM VALUE VALUES (3, 'mine')");

    var outcome = (Outcome.Applied) undone(effect);

    assertThat(outcome.said()).isEqualTo("4 rows put back");
    assertThat(outcome.drift())
        .startsWith("1 rows of table public.jobs are not put back, because their keys are taken")
        .endsWith(effect.backup());
    assertThat(database.rows(JOBS)).hasSize(5).contains("3 mine");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void itIsDoneOnce(Method method) throws Exception {
    var effect = effect(method);
    var first = cleared(effect, 1);
    database.has("INSERT INTO jobs (name) VALUES ('late')");

    assertThat(cleared(effect, 1)).isEqualTo(first);
    assertThat(database.rows(JOBS)).containsExactly("6 late");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void moreThanMayGoIsLeft(Method method) {
    var found = found(method, 4, NOW, null);

    assertThat(problem(send(found.effect().orElseThrow(), 1)).reason()).isEqualTo("TooManyItems");
    assertThat(database.rows(JOBS)).hasSize(5);
    assertThat(cleared(found(method, 5, NOW, null).effect().orElseThrow(), 2)).startsWith("5 rows");
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void anEmptyQueueHasNoBackup(Method method) throws Exception {
    database.has("DELETE FROM jobs");
    var effect = effect(method);

    assertThat(cleared(effect, 1)).isEqualTo("0 rows taken: table public.jobs was empty");
    assertThat(database.rows("SELECT to_regclass('%s')".formatted(effect.backup())))
        .containsExactly("NULL");
    assertThat(undone(effect)).isEqualTo(Outcome.Applied.saying("0 rows put back"));
  }

  @Test
  void aBackupThatSomebodyDroppedIsSaid() throws Exception {
    var effect = effect(Method.Swap);
    cleared(effect, 1);
    database.has("DROP TABLE " + SWAPPED);

    assertThat(((Outcome.Applied) undone(effect)).drift()).contains("was dropped");
  }

  /** It was swapped by somebody else after it was looked at. */
  @Test
  void anotherTableOfItsNameIsNotEmptied() {
    var effect = effect(Method.Swap);
    database.has("ALTER TABLE jobs RENAME TO old; CREATE TABLE jobs AS SELECT * FROM old");

    assertThat(send(effect, 1)).isInstanceOf(Outcome.Refused.class);
    assertThat(database.rows(JOBS)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void whatCannotHappenAnyMoreDoesNot(Method method) {
    var effect = effect(method);

    assertThat(clearings.close(effect, mark(1), false, AUTHOR, SqlEffects.NOT_AFTER))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(send(effect, 1)).isInstanceOf(Outcome.Refused.class);
    assertThat(database.rows(JOBS)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void aLockThatIsNotFreeIsTriedAgain(Method method) throws Exception {
    var effect = effect(method);
    try (var other = database.connection()) {
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute("UPDATE jobs SET name = 'mine' WHERE id = 1");
      }
      assertThat(send(effect, 1))
          .isInstanceOfSatisfying(
              Outcome.NotSent.class,
              it -> assertThat(it.problem().reason()).isEqualTo(SqlErrors.LOCK_TIMEOUT));
      other.rollback();
    }
    assertThat(cleared(effect, 1)).startsWith("5 rows");
  }

  /** Whoever waits for the lock writes into the new table. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void noJobThatComesMeanwhileIsLost(Method method) throws Exception {
    var effect = effect(method);
    var adding =
        CompletableFuture.runAsync(
            () -> {
              for (var i = 0; i < 200; i++) {
                database.has("INSERT INTO jobs (name) VALUES ('more')");
              }
            });

    var said = cleared(effect, 1);
    adding.get(60, TimeUnit.SECONDS);

    var taken = Integer.parseInt(said.substring(0, said.indexOf(' ')));
    var all =
        "SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM jobs UNION ALL SELECT id FROM %s) x";
    assertThat(database.rows(all.formatted(effect.backup()))).containsExactly("205 205");
    assertThat(database.rows("SELECT count(*) FROM jobs"))
        .containsExactly(String.valueOf(205 - taken));
  }

  @Test
  void backupsThatAreOldAreDroppedWithTheNextOne() {
    cleared(found(Method.Swap, null, NOW.minusSeconds(7200), null).effect().orElseThrow(), 1);
    database.has("INSERT INTO jobs (name) VALUES ('one')");
    cleared(found(Method.Copy, null, NOW.minusSeconds(1800), "1h").effect().orElseThrow(), 2);
    assertThat(backups()).hasSize(1);
    database.has("INSERT INTO jobs (name) VALUES ('two')");

    cleared(found(Method.Swap, null, NOW, "1h").effect().orElseThrow(), 3);

    assertThat(backups()).hasSize(2);
  }

  private List<String> backups() {
    return database.rows("SELECT relname FROM pg_class WHERE relname ~ '^jobs_bs_[0-9t]+$'");
  }

  @Test
  void aNewTableIsInEverythingAsTheOldOneWas() throws Exception {
    var worker = "worker_" + database.name();
    TestDatabase.asAdmin("CREATE ROLE " + worker);
    database.has(
        """
        CREATE TABLE users (id int PRIMARY KEY);
        INSERT INTO users VALUES (1);
        CREATE SCHEMA "My Shop";
        CREATE SEQUENCE "My Shop".numbers;
        CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        DROP TABLE jobs;
        CREATE TABLE jobs (
          id bigint GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME odd_name START 7 INCREMENT 3) PRIMARY KEY,
          gone int, number bigint NOT NULL DEFAULT nextval('"My Shop".numbers'), old serial,
          "User" int REFERENCES users ON DELETE CASCADE, name text COLLATE "C" CHECK (name <> ''),
          parent bigint REFERENCES jobs DEFERRABLE INITIALLY DEFERRED,
          shout text GENERATED ALWAYS AS (upper(name)) STORED, at timestamptz DEFAULT now(),
          span int4range, CONSTRAINT one_at_once EXCLUDE USING gist (span WITH &&),
          CONSTRAINT "Odd ""name\""" UNIQUE (number, name) INCLUDE (at)) WITH (fillfactor = 70, autovacuum_enabled = false);
        ALTER TABLE jobs DROP COLUMN gone;
        CREATE INDEX jobs_by_name ON jobs (lower(name) text_pattern_ops DESC) WHERE number > 3;
        CREATE UNIQUE INDEX jobs_once ON jobs (number, at);
        ALTER TABLE jobs REPLICA IDENTITY FULL;
        ALTER TABLE jobs CLUSTER ON jobs_pkey;
        ALTER TABLE jobs ALTER name SET STATISTICS 500, ALTER number SET (n_distinct = -0.5),
          ALTER name SET STORAGE EXTERNAL;
        CREATE STATISTICS jobs_stats (dependencies) ON number, name FROM jobs;
        CREATE TRIGGER touched BEFORE UPDATE OF name ON jobs FOR EACH ROW WHEN (OLD.name <> NEW.name)
          EXECUTE FUNCTION touched();
        CREATE TRIGGER off AFTER INSERT ON jobs EXECUTE FUNCTION touched();
        ALTER TABLE jobs DISABLE TRIGGER off;
        CREATE TRIGGER always AFTER INSERT ON jobs EXECUTE FUNCTION touched();
        ALTER TABLE jobs ENABLE ALWAYS TRIGGER always;
        ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON jobs AS RESTRICTIVE FOR UPDATE TO %1$s USING (number > 1) WITH CHECK (name <> 'x');
        CREATE POLICY seen ON jobs USING (true);
        GRANT SELECT, INSERT ON jobs TO %1$s WITH GRANT OPTION;
        GRANT UPDATE (name) ON jobs TO PUBLIC;
        GRANT USAGE ON SEQUENCE odd_name TO %1$s;
        REVOKE TRUNCATE ON jobs FROM CURRENT_USER;
        COMMENT ON TABLE jobs IS 'it''s a queue';
        COMMENT ON COLUMN jobs.name IS 'its name';
        COMMENT ON INDEX jobs_by_name IS 'by name';
        COMMENT ON CONSTRAINT one_at_once ON jobs IS 'one';
        COMMENT ON TRIGGER touched ON jobs IS 'touched';
        COMMENT ON POLICY own ON jobs IS 'own';
        ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO %1$s;
        INSERT INTO jobs ("User", name) SELECT 1, 'job ' || n FROM generate_series(1, 3) n;
        """
            .formatted(worker));
    var before = parts();
    var jobs = database.rows("SELECT * FROM jobs ORDER BY id");
    var effect = effect(Method.Swap);

    cleared(effect, 1);

    assertThat(parts()).isEqualTo(before);
    database.has("INSERT INTO jobs (\"User\", name) VALUES (1, 'next')");
    assertThat(database.rows("SELECT id, number, old, name, shout FROM jobs"))
        .containsExactly("16 4 4 next NEXT");
    database.has("DELETE FROM jobs");

    assertThat(undone(effect)).isEqualTo(Outcome.Applied.saying("3 rows put back"));
    assertThat(database.rows("SELECT * FROM jobs ORDER BY id")).isEqualTo(jobs);
    database.has("DROP TABLE " + effect.backup());
    assertThat(parts()).isEqualTo(before);
    database.has("DELETE FROM users");
    assertThat(database.rows(JOBS)).isEmpty();
  }

  private List<TableParts.Part> parts() throws Exception {
    try (var connection = database.connection()) {
      var oid = LiveTable.found(connection, "public.jobs").orElseThrow().oid();
      return TableParts.of(connection, oid).parts();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE VIEW open_jobs AS SELECT * FROM jobs| view open_jobs",
        "CREATE MATERIALIZED VIEW many AS SELECT count(*) FROM jobs| materialized view many",
        "CREATE TABLE logs (job bigint REFERENCES jobs)| constraint logs_job_fkey on table logs",
        "CREATE TABLE more () INHERITS (jobs)| table more",
        "CREATE FUNCTION claim() RETURNS jobs LANGUAGE sql AS 'SELECT * FROM jobs LIMIT 1'| function claim()",
        "CREATE FUNCTION all_of(jobs[]) RETURNS int LANGUAGE sql AS 'SELECT 1'| function all_of(jobs[])",
        "CREATE TABLE kept (job jobs)| column job of table kept",
        "CREATE RULE none AS ON DELETE TO jobs DO INSTEAD NOTHING| rule none on table jobs",
        "CREATE TABLE a (x int); CREATE POLICY p ON a USING (x IN (SELECT id FROM jobs))| policy p on table a",
      })
  void whatWouldGoOnWithTheOldTableIsNamed(String made, String named) {
    database.has(made);

    var problem = refused(Method.Swap);

    assertThat(problem.reason()).isEqualTo("TableNotSwapped");
    assertThat(problem.message()).contains(named).endsWith("Set clear.table.method to Copy.");
    assertThat(found(Method.Copy, null, NOW, null).problems()).isEmpty();
  }

  @Test
  void aPublicationIsNamed() {
    database.has("ALTER TABLE jobs REPLICA IDENTITY FULL");
    TestDatabase.asAdmin("ALTER ROLE %s SUPERUSER".formatted(database.name()));
    database.has("CREATE PUBLICATION all_jobs FOR TABLE jobs");

    assertThat(refused(Method.Swap).message()).contains("publication all_jobs");
  }

  @Test
  void partitionsAreNotSwapped() {
    database.has(
        """
        DROP TABLE jobs;
        CREATE TABLE all_jobs (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id);
        CREATE TABLE jobs PARTITION OF all_jobs FOR VALUES FROM (1) TO (100);
        """);
    assertThat(refused(Method.Swap).message()).contains("as a part of table all_jobs");

    database.has("ALTER TABLE jobs RENAME TO part; ALTER TABLE all_jobs RENAME TO jobs");
    assertThat(refused(Method.Swap).message()).contains("partitions");
    database.has("INSERT INTO jobs VALUES (1, 'one')");
    assertThat(cleared(effect(Method.Copy), 1)).startsWith("1 rows");
  }

  @Test
  void rowsOfOtherTablesAreNotDeletedWithTheQueue() {
    database.has("CREATE TABLE logs (job bigint REFERENCES jobs ON DELETE CASCADE)");

    var problem = refused(Method.Copy);

    assertThat(problem.reason()).isEqualTo("TableNotCopied");
    assertThat(problem.message()).contains("constraint logs_job_fkey on table logs");
  }

  /** Made between the look and the effect. */
  @Test
  void whatDependsOnTheTableIsLookedAtAgainWhenItIsLocked() {
    var effect = effect(Method.Swap);
    database.has("CREATE VIEW open_jobs AS SELECT * FROM jobs");

    assertThat(problem(send(effect, 1)).reason()).isEqualTo("TableNotSwapped");
    assertThat(database.rows("SELECT count(*) FROM open_jobs")).containsExactly("5");
  }

  /** Who wants to know of each row that goes is told. */
  @Test
  void rowsAreDeletedWhereATriggerCountsThem() {
    database.has(
        "CREATE TABLE counted (id bigint);"
            + "CREATE FUNCTION count_one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO counted VALUES (OLD.id); RETURN OLD; END';"
            + "CREATE TRIGGER counted AFTER DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION count_one()");

    assertThat(cleared(effect(Method.Copy), 1)).startsWith("5 rows");

    assertThat(database.rows("SELECT count(*) FROM counted")).containsExactly("5");
  }

  @Test
  void rowsThatATriggerKeepsAreNotCleared() {
    database.has(
        "CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            + "CREATE TRIGGER kept BEFORE DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION kept()");

    assertThat(problem(send(effect(Method.Copy), 1)).reason()).isEqualTo("NotAllTaken");
    assertThat(database.rows("SELECT to_regclass('%s')".formatted(COPIED))).containsExactly("NULL");
  }

  @Test
  void whoIsNotTheOwnerCopies() {
    var name = database.name();
    TestDatabase.asAdmin(
        "CREATE ROLE other_%1$s LOGIN PASSWORD '%2$s'".formatted(name, TestDatabase.PASSWORD));
    database.has("GRANT CREATE ON DATABASE %1$s TO other_%1$s".formatted(name));
    database.secretSays("user", "other_%s".formatted(name));

    assertThat(found(Method.Swap, null, NOW, null).problems())
        .extracting(Problem::reason)
        .containsExactly("TableNotOwned", "SchemaForbidden");
    assertThat(refused(Method.Copy).message())
        .endsWith("GRANT SELECT, DELETE ON public.jobs TO \"other_%s\";".formatted(name));
    database.has("GRANT SELECT, DELETE ON jobs TO other_%s".formatted(name));

    assertThat(cleared(effect(Method.Copy), 1)).startsWith("5 rows");
  }

  @Test
  void rowsThatAPolicyHidesAreAnError() {
    var name = database.name();
    TestDatabase.asAdmin(
        "CREATE ROLE hidden_%1$s LOGIN PASSWORD '%2$s'".formatted(name, TestDatabase.PASSWORD));
    database.has(
        "GRANT CREATE ON DATABASE %1$s TO hidden_%1$s; GRANT SELECT, DELETE ON jobs TO hidden_%1$s;"
                .formatted(name)
            + "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON jobs USING (id < 3)");
    database.secretSays("user", "hidden_%s".formatted(name));

    assertThat(problem(send(effect(Method.Copy), 1)).message()).contains("row-level security");
    assertThat(database.rows(JOBS)).hasSize(5);
  }

  @Test
  void aTableThatIsMissingIsNamed() {
    database.has("DROP TABLE jobs");

    assertThat(refused(Method.Swap).reason()).isEqualTo("TableMissing");
  }

  @Test
  void whatBackstepKeepsThereIsNoQueue() {
    cleared(effect(Method.Copy), 1);
    var own = "%s.backstep.effect".formatted(database.name());

    assertThat(found(new ClearTable(new Ref(SECRET), own, Method.Copy, null), null, NOW).problems())
        .extracting(Problem::reason)
        .containsExactly("TableOfBackstep");
  }

  @Test
  void aDatabaseThatIsDownIsWaitedFor() {
    database.secretSays("port", "1");

    assertThat(found(Method.Swap, null, NOW, null).reached()).isFalse();
  }

  @Test
  void aPreviewCounts() {
    assertThat(clearings.preview(effect(Method.Swap), AUTHOR))
        .containsExactly("5 rows of table public.jobs into table %s".formatted(SWAPPED));
    assertThat(database.rows(JOBS)).hasSize(5);
  }

  @Test
  void itIsTheSameAfterItWasWrittenDown() throws Exception {
    var effect = found(Method.Copy, 7, NOW, "72h").effect().orElseThrow();

    assertThat(Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(effect), TableClearing.class))
        .isEqualTo(effect);
  }

  @Test
  void anotherDatabaseHasDrifted() throws Exception {
    var effect = effect(Method.Swap);
    var name = database.name();
    TestDatabase.asAdmin("ALTER DATABASE %1$s RENAME TO old_%1$s".formatted(name));
    TestDatabase.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));

    assertThat(problem(send(effect, 1)).reason()).isEqualTo("WrongDatabase");
    var sent = List.of(new Sent<>(effect, mark(1), new Outcome.Applied(null)));
    assertThat(
            clearings
                .reverse(sent, List.of(), AUTHOR)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .work())
        .isInstanceOf(Work.Drifted.class);
  }
}
