package dev.backstep.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Helm;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is shipped for who watches the operator, with the real Prometheus. */
class MonitoringE2E {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String ALICE = "alice@example.com";

  private static final String STOP =
      "{\"spec\":{\"run\":{\"state\":\"Aborted\",\"stateBy\":\"%s\"}}}".formatted(ALICE);

  /** Those of the SDK's client: it is the operator's own, as Quarkus configures it. */
  private static final String STATUS_WRITES =
      "backstep_api_answers_total{method=\"PUT\",code=\"200\"} > 0";

  @RegisterExtension static final TestOperator operator = TestOperator.running(1);

  private static void waitsForAnApproval(Shop shop) {
    shop.apply(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: web}
        spec:
          serviceAccountName: runner
          gates:
          - {name: ready, interval: 1s, consecutiveSuccessLimit: 1, workload: {kind: Deployment, name: web}}
          levels:
          - name: revert
            approval: {}
            actions:
            - name: image
              rollBack:
                workloads: [{kind: Deployment, name: web}]
                to: {images: [{container: app, image: "backstep.dev/app:v1"}]}
        """);
    var run =
        """
        {"spec":{"run":{"id":"INC-1","reason":"guest names are garbage since noon",
         "requestedBy":"%s","entry":"Always","levels":["revert"]}}}
        """;
    shop.kubectl(
            "--as",
            ALICE,
            "patch",
            "rollbackplan",
            "web",
            "--type=merge",
            "-p",
            run.formatted(ALICE))
        .orThrow();
    shop.awaitCondition(ConditionTypes.AWAITING_APPROVAL, "True");
  }

  /** A plan that could not do anything. */
  private static void isLost(Shop shop) {
    shop.apply(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: lost}
        spec:
          serviceAccountName: nobody
          gates: [{name: ready, workload: {kind: Deployment, name: lost}}]
          levels:
          - {name: anew, actions: [{name: anew, restart: {workloads: [{kind: Deployment, name: lost}]}}]}
        """);
  }

  private static JsonNode alert(Prometheus prometheus, String name, Shop shop) {
    return Awaitility.await(name)
        .atMost(PATIENCE)
        .until(
            () ->
                prometheus.firing().stream()
                    .filter(it -> it.at("/labels/alertname").asText().equals(name))
                    .filter(it -> it.at("/labels/namespace").asText().equals(shop.namespace()))
                    .findFirst(),
            it -> it.isPresent())
        .orElseThrow();
  }

  @Test
  void anApprovalThatWaitsIsSeenUntilItsPlanIsGone() {
    assumeTrue(
        Cluster.get().auditLog().isPresent(),
        "skipped: only a node that is this machine reaches the operator");
    try (var shop = Shop.open("monitored").idle("web", "v2")) {
      Prometheus.begin(shop, operator.address());
      try (var policies = ChartPolicies.in(shop)) {
        policies.grant("runner", ALICE);
        isLost(shop);
        waitsForAnApproval(shop);
        var prometheus = Prometheus.of(shop);

        var alert = alert(prometheus, "BackstepApprovalWaits", shop);
        assertThat(alert.at("/annotations/description").asText())
            .contains("\nkubectl -n %s get rollbackplan web -o".formatted(shop.namespace()));
        for (var unready :
            List.of("BackstepNotReady", "BackstepNotExecutable", "BackstepStalled")) {
          assertThat(alert(prometheus, unready, shop).at("/labels/name").asText())
              .isEqualTo("lost");
        }
        assertThat(prometheus.rules())
            .hasSameSizeAs(Monitoring.alerts())
            .allSatisfy(rule -> assertThat(rule.path("health").asText()).isEqualTo("ok"));
        everythingThatIsAskedIsAnswered(prometheus);
        assertThat(prometheus.series(panel("Who waits for people").get(0)))
            .extracting(it -> it.at("/metric/name").asText())
            .containsExactly("web");

        shop.kubectl("--as", ALICE, "patch", "rollbackplan", "web", "--type=merge", "-p", STOP)
            .orThrow();
        shop.awaitPhase(Phase.Aborted);
        seen(prometheus, "increase(backstep_runs_total{outcome=\"Aborted\"}[5m]) > 0");
        seen(prometheus, STATUS_WRITES);
        shop.kubectl("delete", "rollbackplan", "web", "lost", "--timeout=60s").orThrow();
        seen(prometheus, "absent(backstep_phase{namespace=\"%s\"})".formatted(shop.namespace()));
        Awaitility.await("the rules to be judged without the plans")
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(prometheus.firing())
                        .noneMatch(
                            it -> it.at("/labels/namespace").asText().equals(shop.namespace())));
      }
    }
  }

  private static void seen(Prometheus prometheus, String expression) {
    Awaitility.await(expression)
        .atMost(PATIENCE)
        .until(() -> !prometheus.series(expression).isEmpty());
  }

  /** Of the panel with this title. */
  private static List<String> panel(String title) {
    return Monitoring.panels().stream()
        .filter(it -> it.path("title").asText().equals(title))
        .flatMap(Monitoring::expressions)
        .toList();
  }

  /** Figures that this shop has no object for are the matter of ScrapeTest. */
  private static void everythingThatIsAskedIsAnswered(Prometheus prometheus) {
    assertThat(Monitoring.expressions())
        .allSatisfy(
            expression -> {
              var answer = prometheus.evaluated(expression);
              assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("success");
              assertThat(answer.has("warnings")).as(answer.toString()).isFalse();
            });
    assertThat(prometheus.names())
        .containsAll(
            Monitoring.metrics().stream().filter(it -> !it.startsWith("backstep_")).toList())
        .contains("backstep_phase", "backstep_gate", "backstep_api_answers_total");
  }

  @Test
  void theChartHasTheSameFiles() throws IOException {
    var made =
        Helm.run(
                "template",
                "backstep",
                "deploy/helm/backstep",
                "--kube-version",
                Cluster.get().client().getKubernetesVersion().getGitVersion(),
                "--set",
                "metrics.serviceMonitor.enabled=true,metrics.rules.enabled=true,metrics.dashboard.enabled=true",
                "--set",
                "metrics.rules.labels.release=prom",
                "--show-only",
                "templates/monitoring.yaml")
            .stdout();
    var objects = new ArrayList<JsonNode>();
    try (var all = YAML.readerFor(JsonNode.class).<JsonNode>readValues(made)) {
      all.forEachRemaining(objects::add);
    }

    assertThat(of(objects, "PrometheusRule").path("spec"))
        .isEqualTo(YAML.readTree(Monitoring.RULES.toFile()));
    assertThat(of(objects, "PrometheusRule").at("/metadata/labels/release").asText())
        .isEqualTo("prom");
    assertThat(of(objects, "ConfigMap").at("/data/backstep.json").asText().strip())
        .isEqualTo(Files.readString(Monitoring.DASHBOARD).strip());
    var selected = of(objects, "ServiceMonitor").at("/spec/selector/matchLabels").properties();
    assertThat(of(objects, "Service").at("/metadata/labels").properties()).containsAll(selected);
  }

  private static JsonNode of(List<JsonNode> objects, String kind) {
    return objects.stream()
        .filter(it -> it.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
