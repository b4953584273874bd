package dev.backstep.database.swap;

import static dev.backstep.database.TestDatabase.AUTHOR;
import static dev.backstep.database.swap.TestRestore.NOT_AFTER;
import static dev.backstep.database.swap.TestRestore.mark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ending the sessions of others before the present data is copied away, on a real server. */
class DisconnectionsIT {
  private final TestRestore restore = new TestRestore();
  private Disconnection effect;

  @BeforeEach
  void prove() {
    effect = restore.proven().disconnection();
  }

  @AfterEach
  void close() {
    restore.close();
  }

  private Outcome sent() {
    return restore.disconnections().send(effect, mark(3), AUTHOR, NOT_AFTER);
  }

  private Connection anApplication() throws SQLException {
    return restore.connection(restore.live(), restore.live() + "_app");
  }

  @Test
  void whoIsIdleIsGoneAndMayComeBack() throws SQLException {
    try (var one = anApplication();
        var two = anApplication()) {
      assertThat(sent()).isEqualTo(Outcome.Applied.saying("sessions ended: 2"));

      assertThat(one.isValid(1) || two.isValid(1)).isFalse();
    }
    try (var again = anApplication()) {
      assertThat(again.isValid(1)).isTrue();
    }
  }

  @Test
  void aSuperuserStaysAndKeepsNobodyElse() throws SQLException {
    try (var superuser = restore.database().server().superuser(restore.live());
        var one = anApplication()) {
      assertThat(sent()).isEqualTo(Outcome.Applied.saying("sessions ended: 1"));

      assertThat(superuser.isValid(1)).isTrue();
      assertThat(one.isValid(1)).isFalse();
    }
  }

  @Test
  void whoConnectsAgainAndAgainIsNamed() {
    var over = new AtomicBoolean();
    var loop = CompletableFuture.runAsync(() -> connectUntil(over));
    try {
      assertThat(((Outcome.Applied) sent()).said())
          .contains("there again", restore.live() + "_app");
    } finally {
      over.set(true);
      loop.join();
    }
  }

  private void connectUntil(AtomicBoolean over) {
    while (!over.get()) {
      try (var one = anApplication()) {
        while (!over.get() && one.isValid(1)) {
          Thread.onSpinWait();
        }
      } catch (SQLException e) {
        // It was ended, or comes too early.
      }
    }
  }

  @Test
  void nobodyIsDisconnectedFromAnotherDatabaseOfTheName() throws SQLException {
    restore.send(restore.swap(), mark(2));
    try (var one = anApplication()) {
      assertThat(sent()).isInstanceOf(Outcome.Failed.class);

      assertThat(one.isValid(1)).isTrue();
    }
  }
}
