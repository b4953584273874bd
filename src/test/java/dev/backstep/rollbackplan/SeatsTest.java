package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.testing.PlanYaml;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** While the API server answers nothing, plans at rest do not take all threads. */
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

  private static RollbackPlan atRest() {
    var plan = new RollbackPlan();
    plan.setSpec(PlanYaml.spec("gates: []\nlevels: []"));
    return plan;
  }

  private static RollbackPlan open() {
    var plan = atRest();
    var run = RunStatusBuilder.builder().id("INC-1").phase(Phase.Acting).active(true).build();
    plan.setStatus(RollbackPlanStatusBuilder.builder().run(run).build());
    return plan;
  }

  private static RollbackPlan wished() {
    var plan = atRest();
    plan.setSpec(plan.getSpec().withRun(RunBuilder.builder().id("INC-1").build()));
    return plan;
  }

  /** Every thread has a plan at rest whose request is not answered. */
  private void brownOut() {
    var waiting = new AtomicInteger();
    for (var i = 0; i < THREADS; i++) {
      threads.execute(() -> seats.take(atRest(), () -> unanswered(waiting)));
    }
    await().until(() -> waiting.get() == Seats.AT_REST);
  }

  private Rest unanswered(AtomicInteger waiting) {
    waiting.incrementAndGet();
    try {
      brownOut.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Rest.soon(atRest());
  }

  @Test
  void anOpenRunIsCarriedOnThoughFiftyPlansWait() throws Exception {
    // given
    brownOut();

    // when
    var looked = threads.submit(() -> seats.take(open(), () -> Rest.soon(open())));

    // then
    assertThat(looked.get().pause()).isEqualTo(Rest.soon(open()).pause());
  }

  @Test
  void soIsOneThatIsAboutToBegin() throws Exception {
    brownOut();

    var looked = threads.submit(() -> seats.take(wished(), () -> Rest.soon(wished())));

    assertThat(looked.get().pause()).isEqualTo(Rest.soon(wished()).pause());
  }

  @Test
  void aPlanAtRestLooksAgainSoonAndHasASeatThen() throws Exception {
    // given
    brownOut();

    // when
    var refused = threads.submit(() -> seats.take(atRest(), () -> Rest.soon(atRest()))).get();
    brownOut.countDown();

    // then
    assertThat(refused.pause()).isEqualTo(Duration.ofSeconds(1));
    await()
        .until(
            () -> !seats.take(atRest(), () -> Rest.soon(atRest())).pause().equals(refused.pause()));
  }
}
