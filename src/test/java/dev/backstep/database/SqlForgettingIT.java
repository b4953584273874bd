package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.SqlEffects.undoMark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.Outcome;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What effects left in a database is taken away, once nobody can take them back any more. */
class SqlForgettingIT {
  private static final String OLD = "UPDATE backstep.effect SET at = now() - interval '2 hours'";

  private final SqlEffects effects = new SqlEffects();

  @BeforeEach
  void fill() {
    effects
        .database()
        .has(
            "CREATE TABLE customers (id int PRIMARY KEY, mail text);"
                + "INSERT INTO customers SELECT n, n || '@example.org' FROM generate_series(1, 3) n");
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private SqlTransaction anonymized() throws NoSessionException {
    var effect =
        effects.effect(
            new Action("UPDATE customers SET mail = 'nobody'")
                .remember("customers", List.of("id"), List.of("mail"), null));
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
    return effect;
  }

  private List<String> remembered() {
    return effects.database().rows("SELECT before FROM backstep.remembered");
  }

  private List<String> marks() {
    return effects.database().rows("SELECT mark, said FROM backstep.effect ORDER BY mark");
  }

  @Test
  void rowsAndMarksGo() throws Exception {
    // given
    var effect = anonymized();
    effects.undone(effect, mark(1));
    effects.database().has(OLD);

    // when
    var problem = effects.transactions().forget(effect, "bs-run-1", AUTHOR);

    // then
    assertThat(problem).isEmpty();
    assertThat(remembered()).isEmpty();
    assertThat(marks()).isEmpty();
  }

  /** A process that stands still may be about to send it: it finds the mark, and does nothing. */
  @Test
  void aYoungMarkStaysWithoutItsContent() throws Exception {
    // given
    var effect = anonymized();

    // when
    effects.transactions().forget(effect, "bs-run-1", AUTHOR);

    // then
    assertThat(remembered()).isEmpty();
    assertThat(marks()).containsExactly(mark(1).text() + " NULL");
    assertThat(effects.send(effect, mark(1))).isInstanceOf(Outcome.Applied.class);
    assertThat(remembered()).as("it was not done again").isEmpty();
  }

  @Test
  void whatOtherRunsLeftStays() throws Exception {
    // given
    var effect = anonymized();
    effects.database().has(OLD);

    // when
    effects.transactions().forget(effect, "bs-run-10", AUTHOR);
    effects.transactions().forget(effect, "bs-run", AUTHOR);

    // then
    assertThat(remembered()).hasSize(3);
    assertThat(marks()).hasSize(1);
    assertThat(effects.undone(effect, undoMark(1))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void whereNothingWasDoneNothingIsMade() throws Exception {
    // given
    var effect = effects.effect("UPDATE customers SET mail = 'nobody'");

    // when
    var problem = effects.transactions().forget(effect, "bs-run-1", AUTHOR);

    // then
    assertThat(problem).isEmpty();
    assertThat(effects.database().rows("SELECT nspname FROM pg_namespace WHERE nspname='backstep'"))
        .isEmpty();
  }

  @Test
  void aDatabaseThatCannotBeReachedIsSaidWithTheCommand() throws Exception {
    // given
    var effect = anonymized();
    effects.database().has("ALTER ROLE CURRENT_USER PASSWORD 'another'");

    // when
    var problem = effects.transactions().forget(effect, "bs-run-1", AUTHOR);

    // then
    assertThat(problem.orElseThrow().message())
        .contains(
            "database orders-db", "DELETE FROM backstep.effect WHERE mark LIKE 'bs-run-1/%';");
  }
}
