package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.value.Query;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.sql.SqlProbe;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Workloads;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a question to a real database says of an application. */
class SqlGateIT {
  private static final GateScope SCOPE =
      GateScope.of(TestDatabase.AUTHOR, Workloads.of())
          .with()
          .gate("orders")
          .args(Map.of("state", "open"))
          .build();

  private final TestDatabase database = new TestDatabase();
  private final DatabaseLooks looks = new DatabaseLooks(database.sessions());
  private final Queries queries = new Queries(database.sessions(), looks);
  private final SqlProbe probe = new SqlProbe(queries);

  @BeforeEach
  void orders() {
    database.has(
        "CREATE TABLE orders (id int PRIMARY KEY, state text); "
            + "INSERT INTO orders VALUES (1, 'open'), (2, 'open'), (3, 'alice@example.org')");
  }

  @AfterEach
  void stop() {
    looks.stop();
    database.close();
  }

  private static Query query(String sql, String condition) {
    return query(sql, condition, null);
  }

  private static Query query(String sql, String condition, String setup) {
    return new Query(new Ref(TestDatabase.SECRET), sql, condition, setup, "10s");
  }

  private Reading read(Query query) {
    return read(query, SCOPE);
  }

  private Reading read(Query query, GateScope scope) {
    return probe.measure(query, scope).toCompletableFuture().join();
  }

  private static GateScope earlier(JsonNode previous, JsonNode before) {
    return SCOPE.with().previous(previous).atStart(Map.of("orders", before)).build();
  }

  // What is seen

  @Test
  void aConditionThatHoldsIsGreenAndOneThatDoesNotIsRed() {
    var sql = "SELECT count(*) FROM orders WHERE state = :state";

    assertThat(read(query(sql, "value < 3")))
        .isEqualTo(Reading.green("value was 2").withValue(LongNode.valueOf(2)));
    assertThat(read(query(sql, "value < 2")))
        .isEqualTo(Reading.red("value was 2, wanted value < 2").withValue(LongNode.valueOf(2)));
  }

  @Test
  void evidenceNeedsNoCondition() {
    assertThat(read(query("SELECT count(*) FROM orders", null)))
        .isEqualTo(Reading.green("value was 3").withValue(LongNode.valueOf(3)));
  }

  private Reading valued(String sql, String formula) {
    return probe.value(query(sql, null), formula, SCOPE).toCompletableFuture().join();
  }

  @Test
  void anAnswerIsAskedForAValueThatMayBeAnything() {
    assertThat(valued("SELECT count(*) FROM orders", "value"))
        .isEqualTo(Reading.green("value was 3").withValue(LongNode.valueOf(3)));
    assertThat(
            valued("SELECT id, state FROM orders ORDER BY id", "rows[1].id + size(rows)").value())
        .isEqualTo(LongNode.valueOf(5));
    assertThat(valued("SELECT max(id) FROM orders WHERE id > 9", "value").value())
        .isEqualTo(NullNode.instance);
    assertThat(valued("SELECT state FROM orders WHERE id = 3", "value.size").message())
        .startsWith("value (value.size) failed: ")
        .doesNotContain("alice");
    assertThat(valued("SELECT 1 FROM nowhere", "value").color()).isEqualTo(Color.ERROR);
  }

  @Test
  void withoutRowsAndWithNullThereIsNoValue() {
    for (var sql : List.of("SELECT id FROM orders WHERE id > 9", "SELECT NULL::int")) {
      assertThat(read(query(sql, "value == null")).color()).isEqualTo(Color.GREEN);
      assertThat(read(query(sql, "value < 5")))
          .satisfies(
              it -> {
                assertThat(it.color()).as("neither good nor bad").isEqualTo(Color.ERROR);
                assertThat(it.message()).startsWith("value was null, and the condition failed: ");
                assertThat(it.value()).isEqualTo(NullNode.instance);
              });
    }
  }

  @Test
  void aTextIsComparedAndNeverSaid() {
    var sql = "SELECT state FROM orders WHERE id = 3";
    var alice = TextNode.valueOf("alice@example.org");

    assertThat(read(query(sql, "value == 'alice@example.org'")))
        .isEqualTo(Reading.green("value was a text of 17 characters").withValue(alice));
    assertThat(read(query(sql, "value == before"), earlier(alice, alice)).color())
        .isEqualTo(Color.GREEN);
    assertThat(read(query(sql, null)).message()).isEqualTo("value was a text of 17 characters");
    assertThat(read(query(sql, "rows[0].state == 'x'")).message()).doesNotContain("alice");
    assertThat(read(query(sql, "value < 5")).message())
        .startsWith("value was a text of 17 characters, and the condition failed: ")
        .doesNotContain("alice");
    assertThat(read(query(sql + " AND state::int = 1", "true")).message())
        .startsWith("The query failed with SQLSTATE 22P02")
        .doesNotContain("alice");
  }

  @Test
  void itIsComparedWithTheLastValueAndWithTheStartOfTheRun() {
    var sql = "SELECT count(*) FROM orders";
    var two = LongNode.valueOf(2);
    var four = LongNode.valueOf(4);

    assertThat(read(query(sql, "value > previous && value < before"), earlier(two, four)))
        .extracting(Reading::color, Reading::message)
        .containsExactly(Color.GREEN, "value was 3, previous was 2, before was 4");
    assertThat(read(query(sql, "before == null || value >= before")).color())
        .isEqualTo(Color.GREEN);
    assertThat(read(query(sql, "value >= before")).color()).isEqualTo(Color.ERROR);
  }

  @Test
  void ofAMillionRowsAHundredAreSeen() {
    var sql = "SELECT n, repeat('x', 100) FROM generate_series(1, 1000000) n";

    assertThat(read(query(sql, "rows.size() == 100 && value == 1")).color()).isEqualTo(Color.GREEN);
  }

  @Test
  void anAnswerThatIsTooLargeIsNotRead() {
    var reading = read(query("SELECT repeat('x', 100000000)", "true"));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message()).contains("maxResultBuffer");
  }

  @Test
  void aConditionThatTakesTooLongIsEnded() {
    var sql = "SELECT n FROM generate_series(1, 100) n";
    var condition = "rows.all(a, rows.all(b, rows.all(c, a.n + b.n + c.n > 0)))";

    assertThat(read(query(sql, condition)))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message()).contains("the condition takes too long");
            });
  }

  // What is changed: nothing

  @Test
  void aQueryCannotWrite() {
    database.has(
        "CREATE FUNCTION sneaky() RETURNS int LANGUAGE sql AS 'DELETE FROM orders RETURNING id'");

    for (var sql :
        List.of(
            "DELETE FROM orders RETURNING id",
            "SELECT sneaky()",
            "WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone",
            "SELECT * INTO copied FROM orders")) {
      var reading = read(query(sql, "true"));
      assertThat(reading.color()).as(sql).isEqualTo(Color.ERROR);
      assertThat(reading.message()).as(sql).startsWith("The query writes, and a question must not");
    }
    assertThat(database.rows("SELECT count(*) FROM orders")).containsExactly("3");
  }

  @Test
  void whatSetupDoesIsSeenByTheQueryAndNeverCommitted() {
    var placed = "INSERT INTO orders VALUES (9, :state) ON CONFLICT DO NOTHING; ";
    var twice = query("SELECT count(*) FROM orders WHERE id = 9", "value == 1", placed + placed);

    assertThat(read(twice).color()).isEqualTo(Color.GREEN);
    assertThat(read(twice).color()).as("again").isEqualTo(Color.GREEN);
    assertThat(database.rows("SELECT count(*) FROM orders")).containsExactly("3");
  }

  @Test
  void whatSetupCannotDoIsNoVerdict() {
    var reading = read(query("SELECT 1", "true", "INSERT INTO orders VALUES (1, 'again')"));

    assertThat(reading.color()).isEqualTo(Color.ERROR);
    assertThat(reading.message()).startsWith("The query failed with SQLSTATE 23505");
  }

  @Test
  void nothingLeavesTheTransaction() {
    for (var setup :
        List.of(
            "COMMIT",
            "DELETE FROM orders; commit",
            "SAVEPOINT a",
            "SET ROLE postgres",
            "PREPARE TRANSACTION 'x'",
            "COPY orders TO PROGRAM 'cat'")) {
      assertThat(probe.invalid(query("SELECT 1", "true", setup))).as(setup).isPresent();
    }
    var inside = query("SELECT 1", "true", "DELETE FROM orders; DO $$ BEGIN COMMIT; END $$");
    assertThat(read(inside).color()).isEqualTo(Color.ERROR);
    assertThat(database.rows("SELECT count(*) FROM orders")).containsExactly("3");
  }

  // What is written

  @Test
  void whatIsNotOneQueryIsInvalid() {
    assertThat(probe.invalid(query("SELECT 1; SELECT 2", "true")))
        .hasValueSatisfying(it -> assertThat(it).contains("has 2 statements"));
    assertThat(probe.invalid(query("-- nothing", "true")))
        .hasValueSatisfying(it -> assertThat(it).contains("has 0 statements"));
    assertThat(probe.invalid(query("SELECT 1", "valeu > 1")))
        .hasValueSatisfying(
            it -> assertThat(it).startsWith("sql: successCondition does not compile"));
    assertThat(probe.invalid(query("SELECT 1", null))).isEmpty();
    assertThat(read(query("SELECT 'open", "true")).color()).isEqualTo(Color.ERROR);
  }

  // What is not there

  @Test
  void whatCannotBeAskedIsNeitherGoodNorBad() {
    database.secretSays("password", "wrong");

    assertThat(read(query("SELECT 1", "true")))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message()).contains("does not let user");
            });

    database.secretSays("port", "1");
    assertThat(read(query("SELECT 1", "true")))
        .as("nobody listens")
        .satisfies(it -> assertThat(it.color()).isEqualTo(Color.ERROR));
  }

  @Test
  void aQueryThatTakesTooLongIsEnded() {
    var slow = new Query(new Ref(TestDatabase.SECRET), "SELECT pg_sleep(30)", "true", null, "1s");

    assertThat(read(slow)).isEqualTo(Reading.error("The query took longer than its timeout of 1s"));
  }

  private List<Problem> problems(Query query) {
    return probe.preflight(query, SCOPE).toCompletableFuture().join();
  }

  @Test
  void whatWillNotBeAnsweredIsKnownBefore() {
    assertThat(problems(query("SELECT count(*) FROM orders WHERE state = :state", "true")))
        .isEmpty();
    assertThat(problems(query("SELECT count(*) FROM order_s", "true")))
        .singleElement()
        .satisfies(it -> assertThat(it.message()).contains("\"order_s\" does not exist"));
    assertThat(problems(query("SELECT count(*) FROM orders WHERE state = :stat", "true")))
        .singleElement()
        .satisfies(it -> assertThat(it.message()).contains("there is no arg stat"));
    database.secretSays("dbname", "absent");
    assertThat(problems(query("SELECT 1", "true")))
        .extracting(Problem::reason)
        .containsExactly("DatabaseMissing");
  }

  /** With setup, the query may be about what setup makes. */
  @Test
  void whatSetupMakesNeedNotBeThere() {
    var query = query("SELECT count(*) FROM made", "value == 0", "CREATE TEMP TABLE made (a int)");

    assertThat(problems(query)).isEmpty();
    assertThat(read(query).color()).isEqualTo(Color.GREEN);
  }
}
