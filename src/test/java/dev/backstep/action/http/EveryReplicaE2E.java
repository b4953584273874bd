package dev.backstep.action.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A headless Service, whose pods are asked one by one: by a gate, and by an action. */
class EveryReplicaE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String PODS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: %1$s}
      spec:
        replicas: %3$d
        selector: {matchLabels: {app: %1$s}}
        template:
          metadata: {labels: {app: %1$s, part: web}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: app
              image: backstep.dev/app:%2$s
              readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
      """;

  private static final String HEADLESS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec:
        clusterIP: None
        selector: {part: web}
        ports: [{name: http, port: 80, targetPort: 8080}]
      """;

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 0s}
        gates:
        - name: api
          interval: 1s
          within: 30s
          http:
            service: {name: web, port: 80, replicas: Every}
            path: /api/health
            successCondition: status == 200 && body.ok == true
        levels:
        - name: quiet
          actions:
          - name: paused
            http:
              effect: Hold
              destructive: false
              service: {name: web, port: 80, replicas: Every}
              path: /calls/pause
              method: POST
              idempotent: true
              undo: {path: /calls/resume}
      """;

  private static Shop shop(String name) {
    var shop = Shop.open(name);
    shop.apply(PODS.formatted("good", "v1", 2));
    shop.apply(HEADLESS);
    return shop.rolledOut("good");
  }

  private static List<Pod> pods(Shop shop) {
    return shop
        .client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel("app", "good")
        .list()
        .getItems()
        .stream()
        .filter(Readiness::isPodReady)
        .toList();
  }

  /** What a pod was asked for. */
  private static String calls(Pod pod) throws IOException, InterruptedException {
    var address = URI.create("http://%s:8080/calls".formatted(pod.getStatus().getPodIP()));
    var request = HttpRequest.newBuilder(address).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }

  @Test
  void aGateIsRedWhileOneOfThePodsIsAndNamesIt() {
    try (var shop = shop("each-gate")) {
      // given
      shop.apply(PODS.formatted("odd", "v2", 1));
      shop.rolledOut("odd");

      // when
      shop.apply(PLAN);

      // then
      var red = shop.awaitCondition("gates.backstep.dev/api", "False").getMessage();
      assertThat(red).contains("1 of 3 replicas: GET odd-", "/api/health answered 500");

      // when
      shop.kubectl("delete", "deployment", "odd").orThrow();

      // then
      var green = shop.awaitCondition("gates.backstep.dev/api", "True").getMessage();
      assertThat(green).contains("all of 2 replicas answered as wanted");
    }
  }

  @Test
  void anActionIsDoneOnceAtEachPodAndTakenBackAtEachOfThem() throws Exception {
    try (var shop = shop("each-action")) {
      // given
      shop.apply(PLAN);
      shop.awaitCondition("Executable", "True");
      var asked = pods(shop);

      // when
      shop.patch(
          """
          {"spec":{"run":{"id":"INC-1","reason":"mails go out twice","requestedBy":"alice",
           "entry":"Always","levels":["quiet"]}}}
          """);
      shop.awaitPhase(Phase.Mitigated);

      // then
      assertThat(shop.plan().getStatus().holds())
          .extracting(Hold::target)
          .containsExactlyInAnyOrderElementsOf(
              asked.stream().map(pod -> "Pod " + pod.getMetadata().getName()).toList());
      for (var pod : asked) {
        assertThat(calls(pod)).isEqualTo("[\"pause\"]");
      }

      // when
      shop.kubectl("scale", "deployment", "good", "--replicas=3").orThrow();
      Awaitility.await().atMost(PATIENCE).until(() -> pods(shop).size() == 3);
      shop.state("Released");
      shop.awaitPhase(Phase.Released);

      // then
      for (var pod : asked) {
        assertThat(calls(pod)).isEqualTo("[\"pause\",\"resume\"]");
      }
      var names = asked.stream().map(pod -> pod.getMetadata().getName()).toList();
      assertThat(pods(shop))
          .filteredOn(pod -> !names.contains(pod.getMetadata().getName()))
          .singleElement()
          .satisfies(later -> assertThat(calls(later)).isEqualTo("[]"));
      assertThat(shop.plan().getStatus().holds()).isEmpty();
    }
  }
}
