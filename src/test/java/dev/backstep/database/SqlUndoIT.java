package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.SqlEffects.undoMark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Work;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Effects that are taken back: rows as they were, where nobody changed them since. */
class SqlUndoIT {
  private static final List<String> ID = List.of("id");

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects
        .database()
        .has(
            "CREATE TABLE orders (id int PRIMARY KEY, state text, \"limit\" int);"
                + "INSERT INTO orders SELECT n, 'open', n * 10 FROM generate_series(1, 4) n");
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private SqlTransaction closing() throws NoSessionException {
    return effects.effect(
        new Action("UPDATE orders SET state = 'closed', \"limit\" = \"limit\" * 2 WHERE id < 4")
            .remember("orders", ID, List.of("state", "limit"), null));
  }

  private List<String> orders() {
    return effects.database().rows("SELECT * FROM orders ORDER BY id");
  }

  private List<String> remembered() {
    return effects.database().rows("SELECT key->>'id', before, after FROM backstep.remembered");
  }

  private SqlTransaction applied(SqlTransaction effect, int number) {
    assertThat(effects.send(effect, mark(number))).isInstanceOf(Outcome.Applied.class);
    return effect;
  }

  @Test
  void rowsAreKeptBeforeAndAfter() throws Exception {
    applied(closing(), 1);

    assertThat(remembered())
        .hasSize(3)
        .contains(
            "2 {\"limit\": \"20\", \"state\": \"open\"} {\"limit\": \"40\", \"state\": \"closed\"}");
  }

  @Test
  void rowsComeBackAsTheyWere() throws Exception {
    var before = orders();
    var effect = applied(closing(), 1);

    assertThat(effects.undone(effect, mark(1)))
        .isEqualTo(Outcome.Applied.saying("3 rows written back, 0 rows affected"));
    assertThat(orders()).isEqualTo(before);
  }

  @Test
  void rowsThatSomebodyChangedSinceAreLeftAndNamed() throws Exception {
    var effect = applied(closing(), 1);
    effects
        .database()
        .has(
            "UPDATE orders SET state = 'sold' WHERE id = 1;"
                + "DELETE FROM orders WHERE id = 2;"
                + "UPDATE orders SET state = 'new' WHERE id = 4");

    var undone = effects.undone(effect, mark(1));

    assertThat(undone)
        .isEqualTo(
            new Outcome.Applied(
                null,
                "1 rows written back, 0 rows affected",
                "public.orders id=1; public.orders id=2 changed since, so they were left as they are"));
    assertThat(orders()).containsExactly("1 sold 20", "3 open 30", "4 new 40");
  }

  @Test
  void theAnswerToAnUndoKeepsItsDrift() throws Exception {
    var effect = applied(closing(), 1);
    effects.database().has("DELETE FROM orders WHERE id = 2");
    var undone = effects.undone(effect, mark(1));
    var undo = (SqlTransaction) effects.reverse(effect, mark(1), List.of()).effects().get(0);

    assertThat(effects.close(undo, undoMark(1), true)).isEqualTo(undone);
  }

  @Test
  void rowsThatSomebodyPutBackAlreadyAreNoDrift() throws Exception {
    var effect = applied(closing(), 1);
    effects.database().has("UPDATE orders SET state = 'open', \"limit\" = 10 WHERE id = 1");

    assertThat(effects.undone(effect, mark(1)))
        .isEqualTo(Outcome.Applied.saying("2 rows written back, 0 rows affected"));
  }

  /** What PostgreSQL writes as text, it reads again; and equal is not always the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "numeric| 1.50| 1.5",
        "numeric(20,3)| 12345678901234567.125| 0",
        "numeric| NaN| 0",
        "double precision| 0.1| 0.2",
        "double precision| -Infinity| 1e300",
        "timestamptz| 2026-11-21 12:00:00.123456+01| 1999-01-01 00:00:00+00",
        "timestamptz| infinity| -infinity",
        "timestamp| 0044-03-15 12:00:00 BC| 2026-01-01",
        "jsonb| {\"a\": [1.10, null, \"it's\"]}| {}",
        "jsonb| null| 1",
        "json| {\"b\":1,  \"a\":2}| {}",
        "bytea| \\x00ff27| \\x",
        "text| it's \"quoted\" \\ $$ :id ? ü| x",
        "text[]| {a,NULL,\"b,c\"}| {}",
        "char(5)| ab| cd",
        "varchar(5)| ab   | cd",
        "interval| 1 year 2 mons -3 days 04:05:06.7| 1 day",
        "uuid| 7f000001-0000-4000-8000-000000000001| 7f000001-0000-4000-8000-000000000002",
        "int4range| [1,5)| empty",
        "bit varying| 10101| 0",
        "xml| <a/>| <b/>",
        "point| (1,2)| (3,4)",
        "mood| sad| happy",
        "positive| 5| 6",
        "inet| 10.0.0.1/8| ::1",
      })
  void everyTypeComesBack(String type, String before, String after) throws Exception {
    var values = Map.of("before", before, "after", after);
    effects
        .database()
        .has(
            "CREATE TYPE mood AS ENUM ('sad', 'happy');"
                + "CREATE DOMAIN positive AS int CHECK (value > 0);"
                + "CREATE TABLE typed (id int PRIMARY KEY, a %1$s, b %1$s, c %1$s)"
                    .formatted(type));
    applied(
        effects.effect(
            new Action(
                "INSERT INTO typed VALUES (1, :before::%1$s, NULL, :before::%1$s)".formatted(type)),
            values),
        1);
    var rows = effects.database().rows("SELECT * FROM typed");
    var effect =
        applied(
            effects.effect(
                new Action("UPDATE typed SET a = :after, b = :after, c = NULL")
                    .remember("typed", ID, List.of("a", "b", "c"), null),
                values),
            2);
    assertThat(effects.database().rows("SELECT * FROM typed")).isNotEqualTo(rows);

    assertThat(effects.undone(effect, mark(2)))
        .isEqualTo(Outcome.Applied.saying("1 rows written back, 0 rows affected"));
    assertThat(effects.database().rows("SELECT * FROM typed")).isEqualTo(rows);
  }

  @Test
  void rowsThatWereDeletedComeBackWhole() throws Exception {
    effects
        .database()
        .has(
            "CREATE SCHEMA \"My Shop\"; CREATE TABLE \"My Shop\".\"Order's\" (number bigint"
                + " GENERATED ALWAYS AS IDENTITY, \"what?\" text NOT NULL,"
                + " twice text GENERATED ALWAYS AS (\"what?\" || \"what?\") STORED);"
                + "INSERT INTO \"My Shop\".\"Order's\" (\"what?\") VALUES ('a'), ('b')");
    var rows = "SELECT * FROM \"My Shop\".\"Order's\" ORDER BY 1";
    var before = effects.database().rows(rows);
    var effect =
        applied(
            effects.effect(
                new Action("DELETE FROM \"My Shop\".\"Order's\"")
                    .remember(
                        "\"My Shop\".\"Order's\"", List.of("number"), List.of("what?"), null)),
            1);
    assertThat(effects.database().rows(rows)).isEmpty();

    effects.undone(effect, mark(1));

    assertThat(effects.database().rows(rows)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM orders| orders| id| state| | does not keep limit",
        "UPDATE orders SET state = 'x'| orders| state| limit| | unique together",
        "UPDATE orders SET state = 'x'| nothing| id| state| | table nothing",
        "UPDATE orders SET state = 'x'| orders| id| nothing| | column nothing",
        "UPDATE orders SET state = 'x'| orders| id| state| true; DROP TABLE orders| semicolon",
        "UPDATE orders SET state = 'x'| orders| id| state| true) UNION (SELECT 1| SQLSTATE",
        "UPDATE orders SET state = 'x'| orders| id| state| id = :nothing| no arg nothing",
      })
  void whatCouldNotComeBackIsNotDone(
      String sql, String table, String key, String column, String where, String why)
      throws Exception {
    var before = orders();
    var effect =
        effects.effect(new Action(sql).remember(table, List.of(key), List.of(column), where));

    var outcome = effects.send(effect, mark(1));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(SqlErrors.said(outcome)).contains(why);
    assertThat(orders()).isEqualTo(before);
  }

  @Test
  void onlySomeRowsAreRemembered() throws Exception {
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .remember("orders", ID, List.of("state"), "orders.id = :id -- the one");
    applied(effects.effect(action, Map.of("id", "2")), 1);

    assertThat(remembered()).containsExactly("2 {\"state\": \"open\"} {\"state\": \"x\"}");
  }

  @Test
  void undoStatementsComeAfterTheRows() throws Exception {
    var action =
        new Action("CREATE TABLE made (a int); UPDATE orders SET state = 'x'")
            .remember("orders", ID, List.of("state"), null)
            .undo("INSERT INTO made SELECT id FROM orders WHERE state = 'open'; SELECT 1");
    var effect = applied(effects.effect(action), 1);

    assertThat(effects.undone(effect, mark(1)))
        .isEqualTo(Outcome.Applied.saying("4 rows written back, 4 rows affected"));
  }

  /** Half of it would be worse: the rows are not written back either. */
  @Test
  void anUndoThatFailsChangesNothing() throws Exception {
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .remember("orders", ID, List.of("state"), null)
            .undo("UPDATE orders SET nonsense = 1");
    var effect = applied(effects.effect(action), 1);
    var after = orders();

    assertThat(effects.undone(effect, mark(1)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            it ->
                assertThat(it.problem().message())
                    .contains("\"nonsense\" of relation \"orders\" does not exist"));
    assertThat(orders()).isEqualTo(after);
  }

  @Test
  void anUndoIsDoneOnce() throws Exception {
    var effect =
        applied(effects.effect(new Action("SELECT 1").undo("UPDATE orders SET \"limit\" = 1")), 1);
    effects.undone(effect, mark(1));
    effects.database().has("UPDATE orders SET \"limit\" = 2");
    effects.undone(effect, mark(1));

    assertThat(orders()).allMatch(order -> order.endsWith(" 2"));
  }

  @Test
  void twoAttemptsAreTakenBackNewestFirst() throws Exception {
    var before = orders();
    var first = applied(closing(), 1);
    var second = applied(closing(), 2);
    var sent =
        List.of(
            new Sent<>(first, mark(1), new Outcome.Applied(null)),
            new Sent<>(second, mark(2), new Outcome.Applied(null)));

    var step =
        effects
            .transactions()
            .reverse(sent, List.of(), TestDatabase.AUTHOR)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    var undo = (SqlTransaction) step.effects().get(0);
    var outcome = effects.send(undo, undoMark(1));
    var then =
        effects
            .transactions()
            .reverse(sent, List.of(new Sent<>(undo, undoMark(1), outcome)), TestDatabase.AUTHOR)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    effects.send((SqlTransaction) then.effects().get(0), undoMark(2));

    assertThat(step.effects()).hasSize(1);
    assertThat(undo.reverses()).isEqualTo(mark(2).text());
    assertThat(orders()).isEqualTo(before);
  }

  @Test
  void whatWasTakenBackIsDone() throws Exception {
    var effect = closing();
    var undo = effect.reversal(mark(1).text()).orElseThrow();

    var back = new Sent<>(undo, undoMark(1), new Outcome.Applied(null));
    assertThat(effects.reverse(effect, mark(1), List.of(back)).work())
        .isEqualTo(new Work.Observed("everything is put back."));

    back = new Sent<>(undo, undoMark(1), new Outcome.Applied(null, null, "orders id=1 changed"));
    assertThat(effects.reverse(effect, mark(1), List.of(back)).work())
        .isEqualTo(new Work.Drifted("orders id=1 changed."));

    back = new Sent<>(undo, undoMark(1), new Outcome.Unknown("who knows.", null));
    assertThat(effects.reverse(effect, mark(1), List.of(back)).work())
        .isEqualTo(new Work.Unknown("who knows."));

    back = new Sent<>(undo, undoMark(1), new Outcome.Refused(null));
    assertThat(effects.reverse(effect, mark(1), List.of(back)).effects()).hasSize(1);
  }

  @Test
  void whatNeedsNoUndoHasNone() throws Exception {
    assertThat(effects.reverse(effects.effect("SELECT 1"), mark(1), List.of()).work())
        .isEqualTo(
            new Work.Observed("nothing takes it back: the action has neither remember nor undo."));
  }

  @Test
  void anotherDatabaseHasDrifted() throws Exception {
    var effect = closing();
    var name = effects.database().name();
    TestDatabase.asAdmin("ALTER DATABASE %1$s RENAME TO old_%1$s".formatted(name));
    TestDatabase.asAdmin("CREATE DATABASE %1$s OWNER %1$s".formatted(name));

    var step = effects.reverse(effect, mark(1), List.of());

    assertThat(step.effects()).isEmpty();
    assertThat(step.work())
        .isInstanceOfSatisfying(
            Work.Drifted.class, it -> assertThat(it.message()).contains("replaced"));
  }

  /** The same database with an earlier content: its undo statements would hit what is not there. */
  @Test
  void aDatabaseThatDoesNotKnowTheEffectIsLeftAlone() throws Exception {
    var effect =
        applied(effects.effect(new Action("SELECT 1").undo("UPDATE orders SET \"limit\" = 1")), 1);
    effects.database().has("DELETE FROM backstep.effect");

    var undone = effects.undone(effect, mark(1));

    assertThat(((Outcome.Applied) undone).drift()).contains("replaced");
    assertThat(orders()).contains("1 open 10");
  }

  /** What becomes open between remembering and changing is not remembered: it stays as it is. */
  @Test
  void whatOthersChangeMeanwhileIsNotChangedWithoutBeingRemembered() throws Exception {
    effects.database().has("UPDATE orders SET state = 'sold' WHERE id = 4");
    var effect =
        effects.effect(
            new Action("SELECT pg_sleep(1); UPDATE orders SET state = 'x' WHERE state = 'open'")
                .remember("orders", ID, List.of("state"), "state = 'open'"));
    var sending = CompletableFuture.supplyAsync(() -> effects.send(effect, mark(1)));
    Thread.sleep(400);

    effects.database().has("UPDATE orders SET state = 'open' WHERE id = 4");

    assertThat(sending.get(10, TimeUnit.SECONDS))
        .isEqualTo(Outcome.Applied.saying("3 rows affected"));
    assertThat(orders()).contains("4 open 40");
    assertThat(remembered()).hasSize(3);
  }
}
