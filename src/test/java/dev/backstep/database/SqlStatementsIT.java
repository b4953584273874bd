package dev.backstep.database;

import static dev.backstep.database.SqlEffects.NOT_AFTER;
import static dev.backstep.database.SqlEffects.NOW;
import static dev.backstep.database.SqlEffects.mark;
import static dev.backstep.database.SqlEffects.undoMark;
import static dev.backstep.database.TestDatabase.AUTHOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that no transaction can take. */
class SqlStatementsIT {
  private static final Outcome DONE = Outcome.Applied.saying("0 rows affected");

  private final SqlEffects effects = new SqlEffects();
  private SqlStatement index;

  @BeforeEach
  void fill() throws Exception {
    effects.database().has("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (1)");
    index =
        effects.statement(
            new Action("CREATE INDEX CONCURRENTLY by_id ON orders (id)")
                .undo("DROP INDEX CONCURRENTLY by_id"));
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private Outcome send(SqlStatement effect) {
    return effects.statements().send(effect, mark(1), AUTHOR, NOT_AFTER);
  }

  private Outcome close(SqlStatement effect, boolean wanted) {
    return effects.statements().close(effect, mark(1), wanted, AUTHOR, NOT_AFTER);
  }

  private List<String> indexes() {
    return effects.database().rows("SELECT indexname FROM pg_indexes WHERE tablename = 'orders'");
  }

  @Test
  void itIsDoneOnce() {
    assertThat(send(index)).isEqualTo(DONE);
    assertThat(send(index)).isEqualTo(DONE);
    assertThat(close(index, false)).isEqualTo(DONE);
    assertThat(indexes()).containsExactly("by_id");
  }

  /** A leader that was frozen goes on just when the next one closes what it finds open. */
  @Test
  void ofTwoLeadersAtOnceOneDoesIt() throws Exception {
    var counted = effects.statement(new Action("UPDATE orders SET id = id + 1"));
    for (var number = 1; number <= 5; number++) {
      var mark = mark(number);
      var frozen =
          CompletableFuture.supplyAsync(
              () -> effects.statements().send(counted, mark, AUTHOR, NOT_AFTER));
      var next =
          CompletableFuture.supplyAsync(
              () -> effects.statements().close(counted, mark, true, AUTHOR, NOT_AFTER));

      // Who comes second may only see that it was begun.
      assertThat(List.of(frozen.join(), next.join()))
          .anyMatch(Outcome.Applied.class::isInstance)
          .allMatch(it -> it instanceof Outcome.Applied || it instanceof Outcome.Unknown);
    }
    assertThat(effects.database().rows("SELECT id FROM orders")).containsExactly("6", "6");
  }

  @Test
  void whatWasNeverSentCanBeFenced() {
    assertThat(close(index, false)).isEqualTo(new Outcome.Refused(null));
    assertThat(send(index)).isEqualTo(new Outcome.Refused(null));
    assertThat(indexes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasBegunNobodyKnows(boolean wanted) throws Exception {
    close(index, false);
    effects.database().has("UPDATE backstep.effect SET state = 'begun'");

    assertThat(close(index, wanted))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class, it -> assertThat(it.message()).contains("Look at the database"));
    assertThat(indexes()).isEmpty();
  }

  @Test
  void aLostAnswerIsNotKnown() throws Exception {
    close(effects.statement(new Action("SELECT 1")), false);
    effects.database().has("DELETE FROM backstep.effect");
    try (var proxy = new CuttingProxy(effects.database().server().port(), true)) {
      effects.database().secretSays(proxy.address());
      var effect = effects.statement(new Action("CREATE TABLE made (a int) -- COMMIT"));

      assertThat(send(effect))
          .isEqualTo(
              new Outcome.Unknown(
                  "The answer to CREATE TABLE MADE A was lost. Look at the database %s at 127.0.0.1:%d."
                      .formatted(effects.database().name(), proxy.port()),
                  NOW.plusSeconds(20)));
    }
  }

  @Test
  void whatTheServerRefusesIsAVerdict() throws Exception {
    var unique = effects.statement(new Action("CREATE UNIQUE INDEX CONCURRENTLY u ON orders (id)"));

    assertThat(SqlErrors.said(send(unique)))
        .isEqualTo(
            "The statement failed with SQLSTATE 23505: could not create unique index \"u\". What it did before is not rolled back.");
  }

  @Test
  void thereIsOneStatement() throws Exception {
    assertThat(SqlErrors.said(send(effects.statement(new Action("SELECT 1; SELECT 2")))))
        .contains("these are 2");
  }

  @Test
  void whatIsLateIsNotSent() {
    effects.clock().pass(Duration.ofMinutes(2));

    assertThat(send(index)).isEqualTo(new Outcome.NotSent(Deadline.OVER));
    assertThat(close(index, true)).isEqualTo(new Outcome.Refused(null));
  }

  @Test
  void itIsNotTriedForAPreview() {
    assertThat(effects.statements().preview(index, AUTHOR))
        .containsExactly(
            "CREATE INDEX CONCURRENTLY BY_ID; it is not tried, because outside of a transaction it could not be rolled back");
    assertThat(indexes()).isEmpty();
  }

  @Test
  void itsUndoIsAStatementToo() throws Exception {
    send(index);

    var step =
        effects
            .statements()
            .reverse(
                List.of(new Sent<>(index, mark(1), new Outcome.Applied(null))), List.of(), AUTHOR)
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    var undo = (SqlStatement) step.effects().get(0);

    assertThat(effects.statements().send(undo, undoMark(1), AUTHOR, NOT_AFTER)).isEqualTo(DONE);
    assertThat(indexes()).isEmpty();
  }
}
