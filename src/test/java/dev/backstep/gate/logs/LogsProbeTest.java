package dev.backstep.gate.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.LongNode;
import dev.backstep.api.v1alpha1.gate.LogsGate;
import dev.backstep.cluster.ContainerLogs;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Reading.Color;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the pods of a workload logged, as an API server gives it. */
class LogsProbeTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final LoopbackApi api = new LoopbackApi();
  private final Impersonation authors = new Impersonation(api.client());
  private final LogsProbe probe =
      new LogsProbe(
          new PodLogs(authors, new ContainerLogs(authors)), Clock.fixed(NOON, ZoneOffset.UTC));

  @AfterEach
  void stop() {
    probe.stop();
    api.close();
  }

  private static Deployment web() {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web")
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", "web")
        .endSelector()
        .withNewTemplate()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** With so many restarts. */
  private static Pod pod(String name, int restarts, boolean running) {
    var status =
        new ContainerStatusBuilder().withName("app").withRestartCount(restarts).withNewState();
    var container =
        running
            ? status.withNewRunning().endRunning().endState()
            : status.withNewWaiting().endWaiting().endState();
    if (restarts > 0) {
      container.withNewLastState().withNewTerminated().endTerminated().endLastState();
    }
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withContainerStatuses(container.build())
        .endStatus()
        .build();
  }

  private void has(Pod pod, String... logs) {
    api.has(pod);
    for (var log : logs) {
      api.answersAt("GET", log(pod), log);
    }
  }

  private static String log(Pod pod) {
    return "/api/v1/namespaces/shop/pods/%s/log".formatted(pod.getMetadata().getName());
  }

  private static LogsGate gate(String more) {
    return PlanYaml.spec(
            "gates: [{name: quiet, logs: {workload: {kind: Deployment, name: web}, pattern: 'panic', successCondition: 'matches == 0'%s}}]"
                .formatted(more))
        .gates()
        .get(0)
        .logs();
  }

  private static GateScope scope(Optional<Instant> observedAt) {
    return GateScope.of(new Author("shop", "runner"), Workloads.of(web()))
        .withObservedAt(observedAt);
  }

  private Reading measured(LogsGate gate) throws Exception {
    return probe
        .measure(gate, scope(Optional.empty()))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void linesOfAllPodsCountAndNoneIsSaid() throws Exception {
    has(pod("web-1", 0, true), "fine\npanic: alice@example.org\n");
    has(pod("web-2", 0, true), "panic\nfine\n");

    assertThat(measured(gate("")))
        .isEqualTo(
            Reading.red("matches was 2, wanted matches == 0").withValue(LongNode.valueOf(2)));
  }

  @Test
  void withoutAMatchItIsGreenAndAPodThatDidNotStartHasNoLog() throws Exception {
    has(pod("web-1", 0, true), "fine\n");
    has(pod("web-2", 0, false));

    assertThat(measured(gate("")))
        .isEqualTo(Reading.green("matches was 0").withValue(LongNode.valueOf(0)));
  }

  @Test
  void whatAContainerLoggedBeforeItCrashedCountsToo() throws Exception {
    has(pod("web-1", 3, false), "panic\n");

    assertThat(measured(gate("")).value()).isEqualTo(LongNode.valueOf(1));
    assertThat(api.asked())
        .filteredOn(it -> it.path().endsWith("/log"))
        .singleElement()
        .satisfies(it -> assertThat(it.query()).contains("previous=true"));
  }

  private String since(LogsGate gate, Optional<Instant> observedAt) throws Exception {
    has(pod("web-1", 0, true), "fine\n");
    probe.measure(gate, scope(observedAt)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    return api.asked().get(api.asked().size() - 1).query();
  }

  @Test
  void itLooksBackToWhenTheEffectsWereObserved() throws Exception {
    assertThat(since(gate(""), Optional.of(NOON.minusSeconds(7)))).contains("T11%3A59%3A53Z");
    assertThat(since(gate(""), Optional.empty())).contains("T11%3A55%3A00Z");
    assertThat(since(gate(", since: 30s"), Optional.of(NOON.minusSeconds(7))))
        .contains("T11%3A59%3A30Z");
  }

  @Test
  void itIsReadAsThePlansServiceAccount() throws Exception {
    has(pod("web-1", 0, true), "fine\n");

    measured(gate(""));

    assertThat(api.asked())
        .isNotEmpty()
        .allMatch(it -> it.user().equals("system:serviceaccount:shop:runner"));
  }

  @Test
  void whatIsRefusedIsNoVerdict() throws Exception {
    var pod = pod("web-1", 0, true);
    api.has(pod).refusesAt("GET", log(pod), 403, "pods/log is forbidden");

    assertThat(measured(gate("")))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message())
                  .startsWith("the logs of Deployment web cannot be read: ")
                  .contains("pods/log is forbidden");
            });
  }

  @Test
  void whateverIsLoggedCanBeRead() throws Exception {
    var random = new byte[100_000];
    new Random(7).nextBytes(random);
    var binary = new String(random, StandardCharsets.UTF_8);
    has(pod("web-1", 0, true), binary + "\n" + "x".repeat(1 << 20) + "panic\npanic");

    assertThat(measured(gate("")).value()).isEqualTo(LongNode.valueOf(2));
  }

  @Test
  void aLogThatWasNotReadToItsEndIsNoVerdict() throws Exception {
    has(pod("web-1", 0, true), "x".repeat(PodLogs.MOST_OF_ONE + 1));

    assertThat(measured(gate("")))
        .satisfies(
            it -> {
              assertThat(it.color()).isEqualTo(Color.ERROR);
              assertThat(it.message()).startsWith("pod web-1 logged more than is read: 4 MiB");
            });
  }

  @Test
  void aWorkloadOrContainerThatIsNotThereIsNoVerdict() throws Exception {
    assertThat(measured(gate(", container: other")))
        .isEqualTo(Reading.error("Deployment web has no container other"));
    var nowhere = GateScope.of(new Author("shop", "runner"), Workloads.of());
    assertThat(probe.measure(gate(""), nowhere).toCompletableFuture().get(30, TimeUnit.SECONDS))
        .isEqualTo(Reading.error("Deployment web does not exist"));
  }

  @Test
  void whatIsNoExpressionIsInvalid() {
    assertThat(probe.invalid(gate(""))).isEmpty();
    var broken = new LogsGate(gate("").workload(), null, "(", null, "matches == 0");
    assertThat(probe.invalid(broken))
        .hasValueSatisfying(it -> assertThat(it).startsWith("logs: pattern is no RE2 expression"));
    var other = new LogsGate(gate("").workload(), null, "a", null, "value == 0");
    assertThat(probe.invalid(other)).isPresent();
  }
}
