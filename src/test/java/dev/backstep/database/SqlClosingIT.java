package dev.backstep.database;

import static dev.backstep.database.SqlEffects.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backstep.database.SqlEffects.Action;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Effects that may have been sent, and are brought to a known end. */
class SqlClosingIT {
  private static final String PAY = "UPDATE orders SET paid = paid + 1";
  private static final Outcome APPLIED = Outcome.Applied.saying("1 rows affected");
  private static final Outcome FENCED = new Outcome.Refused(null);

  private final SqlEffects effects = new SqlEffects();
  private SqlTransaction effect;

  @BeforeEach
  void fill() throws Exception {
    effects.database().has("CREATE TABLE orders (paid int); INSERT INTO orders VALUES (0)");
    effect = effects.effect(PAY);
  }

  @AfterEach
  void close() {
    effects.close();
  }

  private List<String> paid() {
    return effects.database().rows("SELECT paid FROM orders");
  }

  @Test
  void whatIsNotWantedCanNeverBeDone() {
    assertThat(effects.close(effect, mark(1), false)).isEqualTo(FENCED);

    assertThat(effects.send(effect, mark(1))).isEqualTo(FENCED);
    assertThat(effects.close(effect, mark(1), true)).isEqualTo(FENCED);
    assertThat(paid()).containsExactly("0");
  }

  @Test
  void whatWasDoneIsDoneAlsoIfItIsNotWanted() {
    effects.send(effect, mark(1));

    assertThat(effects.close(effect, mark(1), false)).isEqualTo(APPLIED);
    assertThat(effects.send(effect, mark(1))).isEqualTo(APPLIED);
    assertThat(paid()).containsExactly("1");
  }

  @Test
  void whatIsWantedIsDoneOnce() {
    assertThat(effects.close(effect, mark(1), true)).isEqualTo(APPLIED);
    assertThat(effects.close(effect, mark(1), true)).isEqualTo(APPLIED);

    assertThat(paid()).containsExactly("1");
  }

  /** A leader that was frozen goes on just when the next one closes what it finds open. */
  @Test
  void ofTwoLeadersAtOnceOneDoesIt() {
    for (var effectNumber = 1; effectNumber <= 5; effectNumber++) {
      var mark = mark(effectNumber);
      var frozen = CompletableFuture.supplyAsync(() -> effects.send(effect, mark));
      var next = CompletableFuture.supplyAsync(() -> effects.close(effect, mark, true));

      assertThat(List.of(frozen.join(), next.join())).containsOnly(APPLIED);
    }
    assertThat(paid()).containsExactly("5");
  }

  @Test
  void whatFailsWhenItIsClosedCannotBeDoneLater() throws Exception {
    var checked = effects.effect(new Action(PAY).check("SELECT paid FROM orders", "value == 7"));

    assertThat(effects.close(checked, mark(1), true)).isInstanceOf(Outcome.Failed.class);

    effects.database().has("UPDATE orders SET paid = 6");
    assertThat(effects.send(checked, mark(1))).isEqualTo(FENCED);
  }

  @Test
  void whatIsWantedTooLateCannotBeDoneAnyMore() {
    effects.clock().pass(Duration.ofMinutes(2));

    assertThat(effects.close(effect, mark(1), true)).isEqualTo(FENCED);
    assertThat(paid()).containsExactly("0");
  }

  /** Another process, which was believed dead, is in the middle of the same transaction. */
  private Connection zombie() throws SQLException {
    effects.close(effect, mark(9), false);
    var zombie = effects.database().connection();
    zombie.setAutoCommit(false);
    Markers.set(zombie, mark(1).text(), Markers.State.done);
    Markers.finish(zombie, mark(1).text(), Outcome.Applied.saying("1 rows affected"));
    try (var statement = zombie.createStatement()) {
      statement.execute(PAY);
    }
    return zombie;
  }

  private CompletableFuture<Outcome> closing(boolean wanted) throws InterruptedException {
    var closing = CompletableFuture.supplyAsync(() -> effects.close(effect, mark(1), wanted));
    Thread.sleep(400);
    assertThat(closing).isNotDone();
    return closing;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransactionThatIsStillOpenIsWaitedFor(boolean wanted) throws Exception {
    try (var zombie = zombie()) {
      var closing = closing(wanted);
      zombie.commit();

      assertThat(closing.get(5, TimeUnit.SECONDS)).isEqualTo(APPLIED);
    }
    assertThat(paid()).containsExactly("1");
  }

  @Test
  void aTransactionThatIsRolledBackIsFenced() throws Exception {
    try (var zombie = zombie()) {
      var closing = closing(false);
      zombie.rollback();

      assertThat(closing.get(5, TimeUnit.SECONDS)).isEqualTo(FENCED);
      assertThat(Markers.set(zombie, mark(1).text(), Markers.State.done)).isFalse();
    }
    assertThat(paid()).containsExactly("0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransactionThatDoesNotEndKeepsItOpen(boolean wanted) throws Exception {
    try (var zombie = zombie()) {
      assertThatThrownBy(() -> effects.close(effect, mark(1), wanted))
          .isInstanceOf(NotKnownException.class);
      zombie.commit();
    }
    assertThat(effects.close(effect, mark(1), wanted)).isEqualTo(APPLIED);
  }

  private void cut(boolean arrives) throws IOException {
    // The schema is there, so that the effect's commit is the only one.
    effects.close(effect, mark(9), false);
    try (var proxy = new CuttingProxy(effects.database().server().port(), arrives)) {
      effects.database().secretSays(proxy.address());
      assertThatThrownBy(() -> effects.send(effect, mark(1))).isInstanceOf(NotKnownException.class);
    }
    effects.database().secretSays("port", String.valueOf(effects.database().server().port()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitWhoseAnswerIsLostIsFoundDone(boolean wanted) throws IOException {
    cut(true);

    assertThat(effects.close(effect, mark(1), wanted)).isEqualTo(APPLIED);
    assertThat(paid()).containsExactly("1");
  }

  @Test
  void aCommitThatIsLostIsRepeatedWhereItIsWanted() throws IOException {
    cut(false);

    assertThat(effects.close(effect, mark(1), true)).isEqualTo(APPLIED);
    assertThat(paid()).containsExactly("1");
  }

  @Test
  void aCommitThatIsLostIsFencedWhereItIsNotWanted() throws IOException {
    cut(false);

    assertThat(effects.close(effect, mark(1), false)).isEqualTo(FENCED);
    assertThat(paid()).containsExactly("0");
  }

  @Test
  void passwordsRotateBetweenSendAndClose() {
    effects.send(effect, mark(1));
    TestDatabase.asAdmin("ALTER ROLE %s PASSWORD 'new'".formatted(effects.database().name()));
    assertThatThrownBy(() -> effects.close(effect, mark(1), true))
        .isInstanceOf(NotKnownException.class);

    effects.database().secretSays("password", "new");

    assertThat(effects.close(effect, mark(1), true)).isEqualTo(APPLIED);
  }
}
