package dev.backstep.gate;

import static dev.backstep.testing.PodDatabase.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.PodDatabase;
import dev.backstep.testing.Psql;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
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

/** Gates on a real PostgreSQL, a real Prometheus, the logs of real pods, and a Job that runs. */
class GatesE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static List<String> calls(Shop shop) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://%s/calls".formatted(address(shop, "hooks"))))
            .build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return List.of(answer.body().strip().replaceAll("[\\[\\]\"]", "").split(","));
  }

  private static Shop open(String name) {
    var shop = Shop.open(name);
    shop.apply(RIGHTS);
    shop.apply(PodDatabase.DATABASE);
    shop.apply(PROMETHEUS);
    shop.serving("web", "v1").serving("hooks", "v1").rolledOut("db").rolledOut("prometheus");
    shop.apply(PodDatabase.SECRET.formatted(address(shop, "db")));
    Psql.of(shop).says("CREATE TABLE queue (id int PRIMARY KEY)");
    Psql.of(shop).says("INSERT INTO queue VALUES (1), (2)");
    return shop;
  }

  private static String said(Shop shop, String gate) {
    return shop.condition("gates.backstep.dev/" + gate).getMessage();
  }

  @Test
  void everythingThatCanTellIsAskedAndItsValueIsShown() throws Exception {
    try (var shop = open("gates")) {
      shop.apply(PLAN);
      shop.awaitCondition("Executable", "True");
      shop.awaitCondition("Healthy", "True");
      assertThat(said(shop, "queue")).isEqualTo("value was 2.");
      assertThat(said(shop, "watched"))
          .isEqualTo("value was 1.0, rows[0].metric.job was a text of 4 characters.");
      assertThat(said(shop, "begun")).matches("matches was [1-9][0-9]*\\.");

      Psql.of(shop).says("INSERT INTO queue SELECT generate_series(10, 20)");
      shop.awaitCondition("gates.backstep.dev/queue", "False");
      assertThat(said(shop, "queue")).isEqualTo("value was 13, wanted value <= 5.");
      Psql.of(shop).says("DELETE FROM queue WHERE id > 2");
      shop.awaitCondition("gates.backstep.dev/queue", "True");

      shop.patch(
          """
          {"spec":{"run":{"id":"INC-1","reason":"orders wait for ever","requestedBy":"alice",
           "entry":"Always","levels":["restart"]}}}
          """);
      shop.awaitRun("the Job", run -> "smoke".equals(run.asking()));
      operator.kill();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                operator.ensureAlive();
                return shop.plan().getStatus().phase() == Phase.Recovered;
              });
      assertThat(calls(shop)).as("one Job, whatever process asked").containsExactly("smoke");
      assertThat(shop.runStatus().once())
          .extracting(it -> it.gate())
          .containsExactly("counted-twice", "smoke");
      assertThat(shop.runStatus().evidence())
          .filteredOn(it -> it.gate().equals("orders"))
          .extracting(Evidence::at, Evidence::value)
          .containsExactly(tuple(Evidence.Moment.Start, "2"), tuple(Evidence.Moment.End, "2"));
    }
  }

  @Test
  void whatIsMissingIsRedBeforeItIsNeeded() throws Exception {
    try (var shop = open("gates-missing")) {
      shop.kubectl("label", "secret", "db", "backstep.dev/database-").orThrow();
      shop.kubectl("delete", "rolebinding", "more").orThrow();
      shop.apply(PLAN);

      assertThat(shop.awaitCondition("Executable", "False").getMessage())
          .contains("may not get secrets: db")
          .contains("create rolebinding");
      shop.apply(RIGHTS);
      check(shop, "1");
      shop.await(
          "the label",
          plan -> shop.condition("Executable").getMessage().contains("label secret db"));
      shop.kubectl("label", "secret", "db", "backstep.dev/database=true").orThrow();
      Psql.of(shop).says("DROP TABLE queue");
      check(shop, "2");
      shop.await(
          "the table",
          plan -> shop.condition("Executable").getMessage().contains("\"queue\" does not exist"));
    }
  }

  private static void check(Shop shop, String value) {
    shop.kubectl(
            "annotate", "--overwrite", "rollbackplan", "web", "backstep.dev/requested-at=" + value)
        .orThrow();
  }

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: more}
      rules:
      - {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [db]}
      - {apiGroups: [''], resources: [pods], verbs: [list]}
      - {apiGroups: [''], resources: [pods/log], verbs: [get]}
      - {apiGroups: [batch], resources: [jobs], verbs: [create, patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: more}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: more}
      """;

  private static final String PROMETHEUS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: prometheus}
      data:
        prometheus.yml: |
          scrape_configs:
          - job_name: self
            scrape_interval: 1s
            static_configs: [{targets: ['localhost:9090']}]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: prometheus}
      spec:
        selector: {matchLabels: {app: prometheus}}
        template:
          metadata: {labels: {app: prometheus}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: prometheus
              image: backstep.dev/prometheus:2
              volumeMounts: [{name: config, mountPath: /etc/prometheus}]
              readinessProbe: {httpGet: {path: /-/ready, port: 9090}, periodSeconds: 1, timeoutSeconds: 5}
            volumes: [{name: config, configMap: {name: prometheus}}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: prometheus}
      spec: {selector: {app: prometheus}, ports: [{port: 9090}]}
      """;

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 2s}
        gates:
        - {name: ready, interval: 1s, within: 30s, consecutiveSuccessLimit: 1,
           consecutiveFailureLimit: 1, workload: {kind: Deployment, name: web}}
        - name: queue
          interval: 1s
          consecutiveSuccessLimit: 1
          consecutiveFailureLimit: 1
          sql:
            databaseRef: {name: db}
            query: SELECT count(*) FROM queue
            successCondition: value <= 5
        - name: watched
          interval: 1s
          consecutiveSuccessLimit: 1
          prometheus:
            service: {name: prometheus, port: 9090}
            query: up{job="self"}
            successCondition: value == 1.0 && rows[0].metric.job == 'self'
        - name: quiet
          interval: 1s
          consecutiveSuccessLimit: 1
          logs: {workload: {kind: Deployment, name: web}, pattern: "panic|FATAL"}
        - name: begun
          interval: 1s
          consecutiveSuccessLimit: 1
          logs:
            workload: {kind: Deployment, name: web}
            pattern: app v1 listens
            since: 1h
            successCondition: matches >= 1
        - name: counted-twice
          use: OnDemand
          measure: Once
          sql:
            databaseRef: {name: db}
            setup: INSERT INTO queue VALUES (99); INSERT INTO queue VALUES (99) ON CONFLICT DO NOTHING
            query: SELECT count(*) FROM queue WHERE id = 99
            successCondition: value == 1
        - name: smoke
          use: OnDemand
          interval: 1s
          within: 2m
          job:
            image: backstep.dev/app:v1
            command: [/app, call, "http://hooks/calls/smoke"]
            timeout: 1m
        - name: orders
          use: Evidence
          interval: 1s
          sql: {databaseRef: {name: db}, query: SELECT count(*) FROM queue}
        levels:
        - name: restart
          gates: [ready, queue, watched, quiet, counted-twice, smoke]
          actions:
          - name: web
            restart: {workloads: [{kind: Deployment, name: web}]}
      """;
}
