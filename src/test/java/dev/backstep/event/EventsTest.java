package dev.backstep.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.StandingClock;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happened is said once, and asks little of the API server. */
class EventsTest {
  private final AtomicInteger sent = new AtomicInteger();
  private final RollbackPlan plan = new RollbackPlan();
  private int answer;
  private final StandingClock clock = new StandingClock(Instant.parse("2026-11-21T12:00:00Z"));

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

  private Events events() {
    return new Events(client(), clock, new TaskTaker(Runnable::run));
  }

  @Test
  void aWarningThatIsThereAlreadyIsNotSentAtEveryLook() {
    // given
    answer = 409;
    var events = events();

    // when
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));
    events.sayOnce(plan, Occurrence.warning("q-4", Reasons.ANSWER_STALE, "not used"));

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
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));

    // then
    assertThat(sent).hasValue(1);
    clock.pass(Duration.ofSeconds(61));
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));
    assertThat(sent).hasValue(2);
  }

  @Test
  void theNameOfAnEventFitsHoweverLongThePlansIs() {
    // given
    var cluster = new MemoryCluster();
    var events = new Events(cluster.client(), cluster.clock(), new TaskTaker(Runnable::run));

    // when
    plan.getMetadata().setName("a".repeat(235) + "-" + "b".repeat(17));
    events.sayOnce(plan, Occurrence.warning("q-3", Reasons.ANSWER_STALE, "not used"));

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
    var events = new Events(cluster.client(), cluster.clock(), new TaskTaker(Runnable::run));
    cluster.terminate();

    // when
    events.sayOnce(plan, Occurrence.warning("deleted", Reasons.RELEASE_FAILED, "held still"));

    // then
    assertThat(cluster.requests())
        .containsExactly(
            "POST /api/v1/namespaces/shop/events", "POST /api/v1/namespaces/default/events");
  }
}
