package dev.backstep.database;

import static dev.backstep.database.SqlEffects.NOT_AFTER;
import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.api.Json;
import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an effect does to a real database, and what it leaves when it is not to be. */
class SqlTransactionsIT {
  private static final String PAY = "UPDATE orders SET paid = paid + 1";

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects.database().has("CREATE TABLE orders (id int PRIMARY KEY, paid int, name text)");
    effects.database().has("INSERT INTO orders SELECT n, 0, 'it''s' FROM generate_series(1, 3) n");
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> paid() {
    return effects.database().rows("SELECT paid FROM orders ORDER BY id");
  }

  private List<String> markers() {
    return effects.database().rows("SELECT mark, state, said FROM backstep.effect ORDER BY mark");
  }

  private static Problem problem(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).problem();
  }

  private static Problem notSent(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.NotSent.class);
    return ((Outcome.NotSent) outcome).problem();
  }

  private List<Problem> problems() {
    return preflight().problems(new Action(PAY).sql(), AUTHOR).toCompletableFuture().join();
  }

  private SqlPreflight preflight() {
    return effects.preflight();
  }

  @Test
  void whatIsWrongIsFoundBeforeItIsSent() {
    var action = new Action("UPDATE orders SET paid = :a; COMMIT").check("SELECT :b", "valu > 1");

    assertThat(preflight().invalid(action.sql()))
        .extracting(Problem::reason)
        .containsExactly("SqlNotAllowed", "CheckInvalid");
    assertThat(preflight().invalid(new Action(PAY).sql())).isEmpty();
    assertThat(problems()).isEmpty();
    assertThat(effects.database().rows("SELECT 1 FROM pg_namespace WHERE nspname = 'backstep'"))
        .isEmpty();
  }

  @Test
  void aSessionThatTheServerEndsMayBeTriedAgain() throws Exception {
    var effect =
        effects.effect("SELECT pg_terminate_backend(pg_backend_pid()); UPDATE orders SET paid = 1");

    assertThat(notSent(effects.send(effect, mark(1))).reason()).isEqualTo("ConnectionLost");
    assertThat(paid()).containsOnly("0");
  }

  @Test
  void aSecondSendDoesNothing() throws Exception {
    var effect = effects.effect(PAY);

    var first = effects.send(effect, mark(1));
    var second = effects.send(effect, mark(1));

    assertThat(first).isEqualTo(Outcome.Applied.saying("3 rows affected"));
    assertThat(second).isEqualTo(first);
    assertThat(paid()).containsOnly("1");
    assertThat(markers()).containsExactly("bs-run-1/fix/apply/1/0 done 3 rows affected");
  }

  @Test
  void anotherMarkIsAnotherEffect() throws Exception {
    var effect = effects.effect(PAY);

    effects.send(effect, mark(1));
    effects.send(effect, mark(2));

    assertThat(paid()).containsOnly("2");
  }

  @Test
  void ofManyAtOnceOneDoesIt() throws Exception {
    var effect = effects.effect(PAY + "; SELECT pg_sleep(0.3)");
    var threads = Executors.newFixedThreadPool(4);
    List<Future<Outcome>> sent = new ArrayList<>();
    for (var i = 0; i < 4; i++) {
      Callable<Outcome> send = () -> effects.send(effect, mark(1));
      sent.add(threads.submit(send));
    }

    for (var outcome : sent) {
      assertThat(outcome.get()).isEqualTo(Outcome.Applied.saying("3 rows affected"));
    }
    threads.shutdown();
    assertThat(paid()).containsOnly("1");
  }

  @Test
  void itIsTheSameAfterItWasWrittenDown() throws Exception {
    var effect =
        effects.effect(
            new Action("UPDATE orders SET name = :name")
                .remember("orders", List.of("id"), List.of("name"), "id = :id")
                .check("SELECT 1", "value == 1")
                .undo("SELECT 1")
                .maxRows(3),
            Map.of("name", "x", "id", "1", "unused", "y"));

    var json = Json.MAPPER.writeValueAsString(effect);

    assertThat(Json.MAPPER.readValue(json, SqlTransaction.class)).isEqualTo(effect);
    assertThat(effect.binds()).containsOnlyKeys("name", "id");
    assertThat(effect.summary()).isEqualTo("database orders-db: UPDATE ORDERS SET NAME");
    assertThat(json).doesNotContain(TestDatabase.PASSWORD);
  }

  @Test
  void argumentsAreValuesAndNeverText() throws Exception {
    var effect =
        effects.effect(
            new Action("UPDATE orders SET name = :name WHERE id = :id AND ':id' <> ''"),
            Map.of("name", "x'; DROP TABLE orders; --", "id", "2"));

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("1 rows affected"));
    assertThat(effects.database().rows("SELECT name FROM orders WHERE id = 2"))
        .containsExactly("x'; DROP TABLE orders; --");
  }

  @Test
  void aValueThatDoesNotFitIsNotSaid() throws Exception {
    var effect =
        effects.effect(
            new Action("UPDATE orders SET paid = :secret"), Map.of("secret", "hush hush"));

    var problem = problem(effects.send(effect, mark(1)));

    assertThat(problem.message())
        .isEqualTo(
            "Statement 1, UPDATE ORDERS SET PAID, failed with SQLSTATE 22P02: invalid input syntax for type integer: \"...\". All was rolled back.");
  }

  @Test
  void anErrorRollsEverythingBack() throws Exception {
    var effect = effects.effect(PAY + "; UPDATE nothing SET a = 1");

    var problem = problem(effects.send(effect, mark(1)));

    assertThat(problem)
        .isEqualTo(
            new Problem(
                "SqlFailed",
                "Statement 2, UPDATE NOTHING SET A, failed with SQLSTATE 42P01: relation \"nothing\" does not exist. All was rolled back."));
    assertThat(paid()).containsOnly("0");
    assertThat(markers()).isEmpty();
  }

  @Test
  void aConstraintThatIsCheckedAtTheCommitIsAVerdict() throws Exception {
    effects
        .database()
        .has(
            "UPDATE orders SET paid = id; ALTER TABLE orders ADD CONSTRAINT u UNIQUE (paid) DEFERRABLE INITIALLY DEFERRED");
    var effect = effects.effect("UPDATE orders SET paid = 7");

    assertThat(problem(effects.send(effect, mark(1))).message()).contains("SQLSTATE 23505");
    assertThat(markers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        PAY + "; SELECT 'never ends",
        PAY + "; SELECT $$never ends",
        PAY + "; SELECT \"never ends",
        PAY + "; SELECT /* never ends",
        PAY + "; DO $$ BEGIN COMMIT; END $$",
        PAY + "; COMMIT",
        PAY + "; /* ; */ Commit",
        PAY + "; COPY orders FROM STDIN",
        PAY + "; SELECT :missing",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; COMMIT; " + PAY
      })
  void whatCannotBeDoneLeavesNothing(String sql) throws Exception {
    var effect = effects.effect(sql);

    problem(effects.send(effect, mark(1)));

    assertThat(paid()).containsOnly("0");
    assertThat(markers()).isEmpty();
  }

  @Test
  void aMegabyteOfSqlIsSql() throws Exception {
    var values = "(4, 0, '" + "x".repeat(1024 * 1024) + "')";

    assertThat(effects.send(effects.effect("INSERT INTO orders VALUES " + values), mark(1)))
        .isEqualTo(Outcome.Applied.saying("1 rows affected"));
  }

  @Test
  void severalStatementsAreCountedTogether() throws Exception {
    var effect =
        effects.effect(
            PAY
                + "; DELETE FROM orders WHERE id = 3 RETURNING *;"
                + " SELECT * FROM orders; CREATE INDEX ON orders (paid)");

    assertThat(effects.send(effect, mark(1))).isEqualTo(Outcome.Applied.saying("4 rows affected"));
  }

  @Test
  void tooManyRowsAreRolledBack() throws Exception {
    var problem = problem(effects.send(effects.effect(new Action(PAY).maxRows(2)), mark(1)));

    assertThat(problem)
        .isEqualTo(
            new Problem(
                "TooManyRows",
                "After statement 1, UPDATE ORDERS SET PAID, 3 rows were affected, and maxRows is 2. All was rolled back."));
    assertThat(paid()).containsOnly("0");
  }

  @Test
  void asManyRowsAsMayBeAreDone() throws Exception {
    assertThat(effects.send(effects.effect(new Action(PAY).maxRows(3)), mark(1)))
        .isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aCheckThatIsNotTrueRollsBack() throws Exception {
    var action =
        new Action(PAY)
            .check("SELECT sum(paid), max(name) AS secret FROM orders", "value == before + 2");

    var problem = problem(effects.send(effects.effect(action), mark(1)));

    assertThat(problem)
        .isEqualTo(
            new Problem(
                "CheckFailed",
                "The check was not true, so all was rolled back: wanted value == before + 2; value was 3, before was 0."));
    assertThat(paid()).containsOnly("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "value == 3 && before == 0 && affected == 3",
        "value == 3.0 && value > 2.5 && value < 3.5",
        "rows[0].total == 3 && rows[0].name == \"it's\" && size(rows) == 1",
        "rows[0].nothing == null && rows[0].good && rows[0].half == 1.5"
      })
  void aCheckSeesWhatTheStatementsDid(String condition) throws Exception {
    var action =
        new Action(PAY)
            .check(
                "SELECT sum(paid) AS total, max(name) AS name, null AS nothing, true AS good,"
                    + " 1.5 AS half FROM orders",
                condition);

    assertThat(effects.send(effects.effect(action), mark(1))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aCheckMayLookAtWhatIsOnlyMade() throws Exception {
    var action =
        new Action("CREATE TABLE made AS SELECT 1 AS a")
            .check("SELECT count(*) FROM made", "before == null && value == 1");

    assertThat(effects.send(effects.effect(action), mark(1))).isInstanceOf(Outcome.Applied.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPDATE orders SET paid = 9", "SELECT 1; SELECT 2", "COMMIT", "SELEC"})
  void aCheckThatIsNoQueryRollsBack(String query) throws Exception {
    problem(effects.send(effects.effect(new Action(PAY).check(query, "true")), mark(1)));

    assertThat(paid()).containsOnly("0");
  }

  @Test
  void whatIsLateIsNotSent() throws Exception {
    var effect = effects.effect(PAY);
    effects.clock().pass(Duration.ofMinutes(2));

    assertThat(notSent(effects.send(effect, mark(1)))).isEqualTo(Deadline.OVER);
    assertThat(paid()).containsOnly("0");
  }

  @Test
  void aLockThatIsNotFreeMayBeTriedAgain() throws Exception {
    var effect = effects.effect(PAY);
    try (var other = effects.database().connection();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE orders SET paid = 5 WHERE id = 1");

      assertThat(notSent(effects.send(effect, mark(1))).reason()).isEqualTo("LockTimeout");
      other.rollback();
    }
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void noSessionMayBeTriedAgain() throws Exception {
    var effect = effects.effect(PAY);
    effects.database().secretSays("password", "wrong");

    assertThat(notSent(effects.send(effect, mark(1))).reason()).isEqualTo("DatabaseLoginFailed");
  }

  @Test
  void whoMayNotMakeTheSchemaIsTold() throws Exception {
    var name = effects.database().name();
    TestDatabase.asAdmin("ALTER DATABASE %s OWNER TO postgres".formatted(name));

    assertThat(notSent(effects.send(effects.effect(PAY), mark(1))).reason())
        .isEqualTo("DatabaseSchemaMissing");
    assertThat(problems())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("DatabaseSchemaMissing"))
        .satisfies(
            it ->
                assertThat(it.message())
                    .endsWith("GRANT CREATE ON DATABASE \"%1$s\" TO \"%1$s\";".formatted(name)));
  }

  @Test
  void anotherRoleNeedsRightsOnTheSchema() throws Exception {
    effects.send(effects.effect("SELECT 1"), mark(1));
    TestDatabase.asAdmin(
        "CREATE ROLE other_%s LOGIN PASSWORD '%s'"
            .formatted(effects.database().name(), TestDatabase.PASSWORD));
    effects.database().secretSays("user", "other_" + effects.database().name());

    var problem = notSent(effects.send(effects.effect("SELECT 1"), mark(2)));

    assertThat(problem.reason()).isEqualTo("DatabaseSchemaForbidden");
    assertThat(problems()).containsExactly(problem);
    effects.database().has(problem.message().replaceFirst("(?s).*?right: ", ""));
    assertThat(effects.send(effects.effect("SELECT 1"), mark(2)))
        .isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void inAnotherDatabaseNothingIsDone() throws Exception {
    var effect = effects.effect(PAY);
    var name = effects.database().name();
    effects.database().has("SELECT 1");
    TestDatabase.asAdmin("ALTER DATABASE %1$s RENAME TO old_%1$s".formatted(name));
    TestDatabase.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));

    assertThat(problem(effects.send(effect, mark(1))).reason()).isEqualTo("WrongDatabase");
    assertThat(effects.close(effect, mark(1), true)).isInstanceOf(Outcome.Unknown.class);
    assertThat(effects.close(effect, mark(1), false)).isInstanceOf(Outcome.Unknown.class);
    assertThat(effects.database().rows("SELECT 1 FROM pg_namespace WHERE nspname = 'backstep'"))
        .isEmpty();
  }

  @Test
  void aPreviewWritesNothing() throws Exception {
    var action = new Action(PAY).check("SELECT sum(paid) FROM orders", "value == 3");

    assertThat(effects.transactions().preview(effects.effect(action), AUTHOR))
        .containsExactly("3 rows affected", "check: value was 3");
    assertThat(paid()).containsOnly("0");
    assertThat(effects.database().rows("SELECT 1 FROM pg_namespace WHERE nspname = 'backstep'"))
        .isEmpty();
  }

  @Test
  void aPreviewSaysWhatEachStatementDoes() throws Exception {
    var effect = effects.effect("DELETE FROM orders WHERE id = 1; " + PAY);

    assertThat(effects.transactions().preview(effect, AUTHOR))
        .containsExactly(
            "statement 1, DELETE FROM ORDERS WHERE: 1 rows",
            "statement 2, UPDATE ORDERS SET PAID: 2 rows",
            "3 rows affected");
  }

  @Test
  void aPreviewWaitsForNobodyForLong() throws Exception {
    try (var other = effects.database().connection();
        var statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(PAY);

      assertThat(effects.transactions().preview(effects.effect(PAY), AUTHOR))
          .containsExactly(
              "It was not tried to its end, because a lock was not free within 1 s. Nothing is changed.");
    }
  }

  @Test
  void aPreviewSaysWhatWouldGoWrong() throws Exception {
    assertThat(effects.transactions().preview(effects.effect(new Action(PAY).maxRows(1)), AUTHOR))
        .singleElement()
        .asString()
        .contains("maxRows is 1");
  }

  @Test
  void aDatabaseThatIsGoneKeepsAnEffectOpen() throws Exception {
    var effect = effects.effect(PAY);
    effects.database().secretSays("port", "1");

    assertThatThrownBy(
            () -> effects.transactions().close(effect, mark(1), false, AUTHOR, NOT_AFTER))
        .isInstanceOf(NotKnownException.class);
    assertThatThrownBy(() -> effects.transactions().close(effect, mark(1), true, AUTHOR, NOT_AFTER))
        .isInstanceOf(NotKnownException.class);
  }
}
