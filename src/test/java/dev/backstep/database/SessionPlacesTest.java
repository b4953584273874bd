package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How many are let through at once, and who waits for how long. */
class SessionPlacesTest {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final SessionPlaces places = new SessionPlaces(2);

  @Test
  void aThirdOneIsNotLetThrough() {
    assertThat(places.take("orders", 1, AT_ONCE)).isPresent();
    assertThat(places.take("orders", 1, AT_ONCE)).isPresent();

    assertThat(places.take("orders", 1, AT_ONCE)).isEmpty();
  }

  @Test
  void otherPlacesAreNotConcerned() {
    places.take("orders", 1, AT_ONCE);
    places.take("orders", 1, AT_ONCE);

    assertThat(places.take("stock", 1, AT_ONCE)).isPresent();
  }

  @Test
  void whoWaitsHasTheTurnOfWhoLeaves() {
    var first = places.take("orders", 1, AT_ONCE).orElseThrow();
    places.take("orders", 1, AT_ONCE);
    var waiting = CompletableFuture.supplyAsync(() -> places.take("orders", 1, LONG));
    assertThat(waiting).isNotDone();

    first.run();

    await()
        .untilAsserted(
            () -> assertThat(waiting).isCompletedWithValueMatching(it -> it.isPresent()));
  }

  @Test
  void aTurnEndsOnce() {
    var first = places.take("orders", 1, AT_ONCE).orElseThrow();
    places.take("orders", 1, AT_ONCE);

    first.run();
    first.run();

    assertThat(places.take("orders", 1, AT_ONCE)).isPresent();
    assertThat(places.take("orders", 1, AT_ONCE)).isEmpty();
  }

  @Test
  void aPlaceThatNobodyWantsIsForgotten() {
    var turn = places.take("orders", 1, AT_ONCE).orElseThrow();
    assertThat(places.known()).isOne();

    turn.run();

    assertThat(places.known()).isZero();
  }

  @Test
  void whoIsInterruptedDoesNotWait() {
    places.take("orders", 1, AT_ONCE);
    places.take("orders", 1, AT_ONCE);
    Thread.currentThread().interrupt();

    assertThat(places.take("orders", 1, LONG)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }
}
