package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** While the API server answers nothing, objects at rest do not take all threads. */
class SeatsTest {
  private static final int THREADS = 50;

  private boolean filled = true;

  private final Seats seats =
      new Seats(
          new Caches(null) {
            @Override
            public boolean filled() {
              return filled;
            }
          });
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final CountDownLatch brownOut = new CountDownLatch(1);

  @AfterEach
  void end() {
    brownOut.countDown();
    threads.shutdownNow();
  }

  private Rest<String> pass(boolean goesFirst) {
    return seats.take("web", goesFirst, () -> Rest.soon("web"));
  }

  /** Every thread has an object at rest whose request is not answered. */
  private void brownOut() {
    var waiting = new AtomicInteger();
    for (var i = 0; i < THREADS; i++) {
      threads.execute(() -> seats.take("other", false, () -> unanswered(waiting)));
    }
    await().until(() -> waiting.get() == Seats.AT_REST);
  }

  private Rest<String> unanswered(AtomicInteger waiting) {
    waiting.incrementAndGet();
    try {
      brownOut.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Rest.soon("other");
  }

  @Test
  void whatIsUnderWayIsCarriedOnThoughFiftyWait() throws Exception {
    // given
    brownOut();

    // when
    var looked = threads.submit(() -> pass(true));

    // then
    assertThat(looked.get()).isEqualTo(Rest.soon("web"));
  }

  @Test
  void whatIsAtRestLooksAgainSoonAndHasASeatThen() throws Exception {
    // given
    brownOut();

    // when
    var refused = threads.submit(() -> pass(false)).get();
    brownOut.countDown();

    // then
    assertThat(refused.pause()).isEqualTo(Duration.ofSeconds(1));
    await().until(() -> pass(false).equals(Rest.soon("web")));
  }

  /** What a cache does not have yet looks like what was deleted. */
  @Test
  void nobodyIsCarriedOnBeforeTheCachesAreFilled() {
    filled = false;

    assertThat(seats.areOpen()).isFalse();
    assertThat(seats.take("web", true, () -> fail("carried on")).pause())
        .isEqualTo(Duration.ofMillis(200));

    filled = true;
    assertThat(pass(true)).isEqualTo(Rest.soon("web"));
  }
}
