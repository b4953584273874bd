package dev.backstep.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PassThreadsTest {
  private final List<String> passed = new CopyOnWriteArrayList<>();
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private PassThreads threads = new PassThreads(1, true);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void whatIsHandedOverBeforeThisProcessLeadsWaits() {
    threads.execute(() -> passed.add("web"));
    threads.execute(() -> passed.add("db"));
    assertThat(threads.getTaskCount()).isZero();

    threads.go();

    await().untilAsserted(() -> assertThat(passed).containsExactly("web", "db"));
  }

  private Runnable passOf(String object, String said) {
    return new Runnable() {
      @Override
      public void run() {
        passed.add(said);
      }

      @Override
      public String toString() {
        return object;
      }
    };
  }

  /** The SDK forgets that a pass waits when its object is deleted, and hands over another one. */
  @Test
  void anObjectThatWasMadeAnewWaitsOnce() {
    threads.execute(passOf("web", "the old one"));
    threads.execute(passOf("db", "db"));
    threads.execute(passOf("web", "the new one"));

    threads.go();

    await().untilAsserted(() -> assertThat(passed).containsExactly("the new one", "db"));
  }

  @Test
  void whatWaitedIsBegunOnce() {
    threads.execute(() -> passed.add("web"));
    threads.go();
    threads.hold();
    threads.go();
    threads.execute(() -> passed.add("last"));

    await().untilAsserted(() -> assertThat(passed).contains("last"));
    assertThat(passed).containsExactly("web", "last");
  }

  @Test
  void whoDoubtsBeginsNothingMoreAndDoesNotInterruptWhatGoesOn() throws InterruptedException {
    threads = new PassThreads(1, false);
    threads.execute(this::aLongOne);
    threads.execute(() -> passed.add("next"));
    await().until(() -> threads.getActiveCount() == 1);

    threads.hold();
    goesOn.countDown();
    threads.awaitIdle(Duration.ofSeconds(30));

    assertThat(passed).containsExactly("long");
    threads.go();
    await().untilAsserted(() -> assertThat(passed).containsExactly("long", "next"));
  }

  @Test
  void aPassThatDoesNotEndIsNotWaitedForForEver() throws InterruptedException {
    threads = new PassThreads(1, false);
    threads.execute(this::aLongOne);
    await().until(() -> threads.getActiveCount() == 1);

    threads.awaitIdle(Duration.ofMillis(50));

    assertThat(passed).isEmpty();
    goesOn.countDown();
  }

  private void aLongOne() {
    try {
      goesOn.await();
      passed.add("long");
    } catch (InterruptedException e) {
      passed.add("interrupted");
    }
  }
}
