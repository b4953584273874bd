package dev.backstep.database;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.SqlEffects.Action;
import dev.backstep.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not fit a real database, found without executing it. */
class SqlTrialIT {
  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects.database().has("CREATE TABLE orders (id int PRIMARY KEY, state text)");
    effects.database().has("INSERT INTO orders VALUES (1, 'open')");
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<Problem> problems(Action action) {
    return effects.preflight().problems(action.sql(), AUTHOR).toCompletableFuture().join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE orders SET state = :state WHERE id = :id::int",
        "DELETE FROM orders; INSERT INTO orders VALUES (1, 'x')",
        "WITH old AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM old",
        "CREATE TABLE made (id int); INSERT INTO made SELECT id FROM orders",
        "TRUNCATE nothing",
      })
  void whatFitsOrCannotBeKnownIsNoProblem(String sql) {
    assertThat(problems(new Action(sql))).isEmpty();
    assertThat(effects.database().rows("SELECT * FROM orders")).containsExactly("1 open");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE nothing SET state = 1| 42P01",
        "UPDATE orders SET nothing = 1| 42703",
        "UPDATE orders SET state = nothing(1)| 42883",
        "UPDATE orders SET id = 'x'| 22P02",
        "UPDATE orders SET| 42601",
        "SELECT 'open| 42601",
        "UPDATE orders SET state = 'x'; DELETE FROM nothing| 42P01",
      })
  void whatDoesNotFitIsKnownBefore(String sql, String state) {
    assertThat(problems(new Action(sql)))
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo("SqlUnfit"))
        .satisfies(it -> assertThat(it.message()).contains("sql.statements", state));
  }

  @Test
  void checkAndUndoAreLookedAtToo() {
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .check("SELECT count(*) FROM nothing", "value == 0")
            .undo("UPDATE nowhere SET state = 'y'");

    assertThat(problems(action))
        .extracting(Problem::message)
        .satisfiesExactly(
            it -> assertThat(it).contains("sql.check.query"),
            it -> assertThat(it).contains("sql.undo"));
  }

  /** What the statements make is not there yet. */
  @Test
  void whatDependsOnTheStatementsIsNotLookedAt() {
    var action =
        new Action("CREATE TABLE made (id int)")
            .check("SELECT count(*) FROM made", "value == 0")
            .undo("DELETE FROM made; DROP TABLE made");

    assertThat(problems(action)).isEmpty();
  }

  @Test
  void whatBackstepKeepsThereIsNotRemembered() {
    var database = effects.database();
    database.has("CREATE SCHEMA backstep; CREATE TABLE backstep.notes (id int, said text)");
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .remember(
                "%s.backstep.notes".formatted(database.name()),
                List.of("id"),
                List.of("said"),
                null);

    assertThat(problems(action)).extracting(Problem::reason).containsExactly("TableOfBackstep");
  }

  @Test
  void rightsAreLookedAtToo() {
    var user = effects.database().name();
    effects
        .database()
        .server()
        .asAdmin(user, "ALTER TABLE orders OWNER TO postgres; GRANT SELECT ON orders TO " + user);
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .remember("orders", List.of("id"), List.of("state"), null);

    assertThat(problems(action))
        .extracting(Problem::reason)
        .containsExactly("RememberForbidden", "SqlUnfit");
    assertThat(problems(action).get(0).message())
        .contains("GRANT SELECT, UPDATE ON public.orders TO \"%s\";".formatted(user));
    assertThat(problems(action).get(1).message()).contains("42501");
  }

  @Test
  void rememberNamesWhatIsThere() {
    var action =
        new Action("UPDATE orders SET state = 'x'")
            .remember("orders", List.of("id"), List.of("nothing"), null)
            .remember("nothing", List.of("id"), List.of("state"), null)
            .remember("no.such.table.at all", List.of("id"), List.of("state"), null);

    assertThat(problems(action)).extracting(Problem::reason).containsOnly("RememberInvalid");
    assertThat(problems(action)).hasSize(3);
  }

  @Test
  void aTextWithoutAStatementIsNone() {
    assertThat(effects.preflight().invalid(new Action("-- nothing").sql()))
        .extracting(Problem::reason)
        .containsExactly("SqlEmpty");
  }

  @Test
  void aCheckIsOneQuery() {
    assertThat(
            effects
                .preflight()
                .invalid(new Action("SELECT 1").check("DELETE FROM x", "true").sql()))
        .extracting(Problem::reason)
        .containsExactly("CheckInvalid");
  }
}
