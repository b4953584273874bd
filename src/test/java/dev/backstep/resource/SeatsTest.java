package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;
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

  private final Seats seats = new Seats();
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
}
