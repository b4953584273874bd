package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How many are let through at once, and who waits for how long. */
class TurnsTest {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Turns turns = new Turns(2);

  @Test
  void aThirdOneIsNotLetThrough() {
    assertThat(turns.take("orders", 1, AT_ONCE)).isPresent();
    assertThat(turns.take("orders", 1, AT_ONCE)).isPresent();

    assertThat(turns.take("orders", 1, AT_ONCE)).isEmpty();
  }

  @Test
  void otherPlacesAreNotConcerned() {
    turns.take("orders", 1, AT_ONCE);
    turns.take("orders", 1, AT_ONCE);

    assertThat(turns.take("stock", 1, AT_ONCE)).isPresent();
  }

  @Test
  void whoWaitsHasTheTurnOfWhoLeaves() {
    var first = turns.take("orders", 1, AT_ONCE).orElseThrow();
    turns.take("orders", 1, AT_ONCE);
    var waiting = CompletableFuture.supplyAsync(() -> turns.take("orders", 1, LONG));
    assertThat(waiting).isNotDone();

    first.run();

    await()
        .untilAsserted(
            () -> assertThat(waiting).isCompletedWithValueMatching(it -> it.isPresent()));
  }

  @Test
  void aTurnEndsOnce() {
    var first = turns.take("orders", 1, AT_ONCE).orElseThrow();
    turns.take("orders", 1, AT_ONCE);

    first.run();
    first.run();

    assertThat(turns.take("orders", 1, AT_ONCE)).isPresent();
    assertThat(turns.take("orders", 1, AT_ONCE)).isEmpty();
  }

  @Test
  void aPlaceThatNobodyWantsIsForgotten() {
    var turn = turns.take("orders", 1, AT_ONCE).orElseThrow();
    assertThat(turns.known()).isOne();

    turn.run();

    assertThat(turns.known()).isZero();
  }

  @Test
  void whoIsInterruptedDoesNotWait() {
    turns.take("orders", 1, AT_ONCE);
    turns.take("orders", 1, AT_ONCE);
    Thread.currentThread().interrupt();

    assertThat(turns.take("orders", 1, LONG)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }
}
