package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AuditLog;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The actions on each kind of workload, with real pods. */
class WorkloadsE2E {
  private static final String CANARY = "canary-7f3a91";

  @RegisterExtension static final TestOperator operator = TestOperator.running(7);

  /**
   * One pod of a kind that keeps its revisions as ControllerRevisions, with a Service before it.
   */
  private static String set(String kind, String mode) {
    var replicas = kind.equals("StatefulSet") ? "replicas: 2\n  serviceName: web" : "";
    return """
    apiVersion: apps/v1
    kind: %s
    metadata: {name: web}
    spec:
      %s
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: app
            image: backstep.dev/app:v1
            env: [{name: MODE, value: "%s"}]
            readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
    """
        .formatted(kind, replicas, mode);
  }

  private static String toRevision(String kind, int revision) {
    return """
    - name: revert
      actions:
      - name: revert-web
        timeout: 60s
        rollBack: {workloads: [{kind: %s, name: web}], to: {revision: "%d"}}
    """
        .formatted(kind, revision);
  }

  private static final String LAST_STABLE =
      """
- name: revert
  actions:
  - {name: revert-web, rollBack: {workloads: [{kind: Deployment, name: web}], to: {lastStable: {}}}}
""";

  private static final String STABLE =
      "stable: {soak: 5s, workloads: [{kind: Deployment, name: web}]}\n";

  @Test
  void aDeploymentGoesBackToARevision() {
    try (var shop = Shop.open("revision").serving("web", "v1").release("web", "v2")) {
      shop.plan(toRevision("Deployment", 1)).run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.deployment("web").getSpec().getTemplate().getMetadata().getLabels())
          .doesNotContainKey("pod-template-hash");
    }
  }

  @Test
  void aRollBackIsUndoneAlsoAfterARestart() {
    try (var shop = Shop.open("undo-restarted").serving("web", "v1").release("web", "v2")) {
      var levels =
          toRevision("Deployment", 1)
              + "  - {name: again, restart: {workloads: [{kind: Deployment, name: web}]}}\n";
      shop.plan(levels).run("INC-1", "revert").awaitRest();
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);

      shop.state("Undone").awaitPhase(Phase.Undone);

      assertThat(shop.runStatus().reason()).isEqualTo(Reasons.UNDONE);
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v2");
    }
  }

  @Test
  void aStatefulSetGoesBackAlsoFromAPodThatCrashes() {
    try (var shop = Shop.open("stateful")) {
      shop.apply(set("StatefulSet", "ok"));
      shop.kubectl("rollout", "status", "statefulset/web", "--timeout=60s").orThrow();
      shop.apply(set("StatefulSet", "crash"));
      shop.plan(toRevision("StatefulSet", 1));
      shop.kubectl("scale", "statefulset/web", "--replicas=1").orThrow();
      shop.awaitCondition(ConditionTypes.HEALTHY, "False");

      shop.run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().message()).startsWith("Gate api is healthy");
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(shop.transitions())
          .anyMatch(step -> step.message().contains("Pod web-0: deleted, it was not ready"));
    }
  }

  @Test
  void aDaemonSetGoesBackToARevision() {
    try (var shop = Shop.open("daemon")) {
      shop.apply(set("DaemonSet", "ok"));
      shop.kubectl("rollout", "status", "daemonset/web", "--timeout=60s").orThrow();
      shop.apply(set("DaemonSet", "broken"));
      shop.kubectl("rollout", "status", "daemonset/web", "--timeout=60s").orThrow();

      shop.plan(toRevision("DaemonSet", 1)).run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
    }
  }

  @Test
  void theConfigMapsComeBackThatTheStableStateRead() {
    try (var shop = readsAConfigMap("config")) {
      shop.kubectl("patch", "configmap", "mode", "-p", "{\"data\":{\"mode\":\"broken\"}}")
          .orThrow();
      shop.kubectl("rollout", "restart", "deployment/web").orThrow();
      shop.rolledOut("web");

      shop.run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().phase())
          .as(shop.runStatus().message())
          .isEqualTo(Phase.Recovered);
      assertThat(mode(shop)).isEqualTo("ok");
      assertThat(shop.runStatus().levels().get(0).actions().get(0).changed()).isEqualTo(2);
    }
  }

  @Test
  void aTemplateAndItsConfigMapComeBackByOneRollOut() {
    try (var shop = readsAConfigMap("config-and-image")) {
      shop.kubectl("patch", "configmap", "mode", "-p", "{\"data\":{\"mode\":\"broken\"}}")
          .orThrow();
      shop.release("web", "v2");

      shop.run("INC-1", "revert").awaitRest();

      assertThat(shop.runStatus().phase())
          .as(shop.runStatus().message())
          .isEqualTo(Phase.Recovered);
      assertThat(mode(shop)).isEqualTo("ok");
      assertThat(shop.image("web")).isEqualTo("backstep.dev/app:v1");
      assertThat(shop.runStatus().levels().get(0).actions().get(0).changed())
          .as("the ConfigMap and the Deployment, each once")
          .isEqualTo(2);
    }
  }

  /** Deployment web reads ConfigMap mode, and this was proven good. */
  private static Shop readsAConfigMap(String name) {
    var shop = Shop.open(name).serving("web", "v1");
    shop.kubectl("create", "configmap", "mode", "--from-literal=mode=ok").orThrow();
    shop.kubectl(
            "patch",
            "deployment",
            "web",
            "-p",
            """
{"spec":{"template":{"spec":{"volumes":[{"name":"config","configMap":{"name":"mode"}}],
 "containers":[{"name":"app","volumeMounts":[{"name":"config","mountPath":"/config"}]}]
}}}}
""")
        .orThrow();
    shop.rolledOut("web").plan(LAST_STABLE, STABLE);
    return shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
  }

  private static String mode(Shop shop) {
    var mode = shop.client().configMaps().inNamespace(shop.namespace()).withName("mode").get();
    return mode.getData().get("mode");
  }

  @Test
  void aSecretIsReadAsThePlansServiceAccountAndShownNowhere() {
    var audit = Cluster.get().auditLog();
    var before = audit.map(AuditLog::mark);
    try (var shop = Shop.open("secret").serving("web", "v1")) {
      shop.kubectl("create", "secret", "generic", "token", "--from-literal=value=" + CANARY)
          .orThrow();
      var plan =
          Shop.planYaml(LAST_STABLE, STABLE)
              .replace(
                  "timeout: 2s",
                  "timeout: 2s\n      headers: [{name: Authorization, valueFrom: {secretKeyRef:"
                      + " {name: token, key: value}}}]");
      shop.apply(plan);
      assertThat(shop.awaitCondition(ConditionTypes.GATE_PREFIX + "api", "Unknown").getMessage())
          .isNotEmpty();
      shop.await(
          "the missing right is named",
          p ->
              p.getStatus()
                  .conditions()
                  .toString()
                  .contains("cannot read Secret token (HTTP 403)"));

      shop.kubectl(
              "patch",
              "role",
              "runner",
              "--type=json",
              "-p",
              "[{\"op\":\"add\",\"path\":\"/rules/-\",\"value\":{\"apiGroups\":[\"\"],"
                  + "\"resources\":[\"secrets\"],\"verbs\":[\"get\"]}}]")
          .orThrow();
      shop.awaitCondition(ConditionTypes.HEALTHY, "True");

      assertThat(shop.kubectl("get", "rollbackplan,events", "-o", "yaml").stdout())
          .doesNotContain(CANARY);
      assertThat(operator.log()).doesNotContain(CANARY);
      assumeTrue(audit.isPresent(), "skipped: this cluster gives no audit log");
      var reads =
          audit
              .get()
              .settledSince(
                  before.get(),
                  entry ->
                      entry.resource().equals("secrets")
                          && entry.verb().equals("get")
                          && entry.namespace().equals(shop.namespace()));
      assertThat(reads)
          .isNotEmpty()
          .allSatisfy(entry -> assertThat(entry.impersonatedUser()).endsWith(":runner"));
    }
  }
}
