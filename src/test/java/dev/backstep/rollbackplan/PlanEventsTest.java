package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.simulation.MemoryCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanEventsTest {
  private final AtomicInteger sent = new AtomicInteger();
  private final RollbackPlan plan = new RollbackPlan();
  private int answer;
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");

  @BeforeEach
  void plan() {
    plan.getMetadata().setUid("uid");
    plan.getMetadata().setName("ladder");
    plan.getMetadata().setNamespace("shop");
  }

  /** Refuses every request with the same code. */
  private KubernetesClient client() {
    return (KubernetesClient)
        Proxy.newProxyInstance(
            KubernetesClient.class.getClassLoader(),
            new Class<?>[] {KubernetesClient.class},
            (proxy, method, arguments) -> {
              sent.incrementAndGet();
              throw new KubernetesClientException("refused", answer, null);
            });
  }

  /** Does at once what it is given. */
  private static final class AtOnce extends AbstractExecutorService {
    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {
      // Nothing waits.
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now;
      }
    };
  }

  private PlanEvents events() {
    ExecutorService atOnce = new AtOnce();
    return new PlanEvents(client(), clock(), atOnce);
  }

  @Test
  void aWarningThatIsThereAlreadyIsNotSentAtEveryLook() {
    // given
    answer = 409;
    var events = events();

    // when
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");
    events.warn(plan, "q-4", Reasons.ANSWER_STALE, "not used");

    // then
    assertThat(sent).hasValue(2);
  }

  /** Not in every pass, or an API server in trouble gets one more request for each of them. */
  @Test
  void aWarningThatWasNotTakenIsSentAgainAfterAMinute() {
    // given
    answer = 503;
    var events = events();

    // when
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");

    // then
    assertThat(sent).hasValue(1);
    now = now.plusSeconds(61);
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");
    assertThat(sent).hasValue(2);
  }

  @Test
  void theNameOfAnEventFitsHoweverLongThePlansIs() {
    // given
    var cluster = new MemoryCluster();
    var events = new PlanEvents(cluster.client(), cluster.clock(), new AtOnce());

    // when
    plan.getMetadata().setName("a".repeat(235) + "-" + "b".repeat(17));
    events.warn(plan, "q-3", Reasons.ANSWER_STALE, "not used");

    // then
    assertThat(cluster.names("events"))
        .singleElement()
        .asString()
        .hasSizeLessThanOrEqualTo(253)
        .matches("a{235}\\.[0-9a-f]+");
  }

  /** Nothing can be created in a namespace that goes. */
  @Test
  void aWarningOfAPlanThatGoesWithItsNamespaceIsSaidOfTheNamespace() {
    // given
    var cluster = new MemoryCluster();
    var events = new PlanEvents(cluster.client(), cluster.clock(), new AtOnce());
    cluster.terminate();

    // when
    events.warn(plan, "deleted", Reasons.RELEASE_FAILED, "held still");

    // then
    assertThat(cluster.requests())
        .containsExactly(
            "POST /api/v1/namespaces/shop/events", "POST /api/v1/namespaces/default/events");
  }
}
