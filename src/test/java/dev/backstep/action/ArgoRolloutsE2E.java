package dev.backstep.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.cluster.ArgoRollout;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rollouts, with the controller of Argo Rollouts: first without it, then it is installed. */
@TestMethodOrder(OrderAnnotation.class)
class ArgoRolloutsE2E {
  private static final String CRD = "rollouts.argoproj.io";
  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: rollouts}
      rules:
      - {apiGroups: [argoproj.io], resources: [rollouts], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: rollouts}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: rollouts}
      """;

  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest();

  @BeforeAll
  static void withoutArgo() {
    var definitions = Cluster.get().client().apiextensions().v1().customResourceDefinitions();
    definitions.withName(CRD).delete();
    Awaitility.await("the CRD to be gone")
        .atMost(Duration.ofSeconds(60))
        .until(() -> definitions.withName(CRD).get() == null);
    operator.start(Map.of("BACKSTEP_PREFLIGHT_INTERVAL", "2s"));
  }

  private static String rollout(String version) {
    return """
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web}
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      strategy: {canary: {steps: [{setWeight: 100}]}}
      template:
        metadata: {labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: app
            image: backstep.dev/app:%s
            readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
    """
        .formatted(version);
  }

  private static String levels(String action) {
    return """
    - name: back
      actions:
      - name: back
        timeout: 90s
        %s
    """
        .formatted(action);
  }

  private static final String TO_REVISION =
      levels("rollBack: {workloads: [{kind: Rollout, name: web}], to: {revision: '1'}}");

  private static Shop shop(String name) {
    var shop = Shop.open(name);
    shop.apply(RIGHTS);
    return shop;
  }

  private static ArgoRollout live(Shop shop) {
    return shop.client()
        .resources(ArgoRollout.class)
        .inNamespace(shop.namespace())
        .withName("web")
        .require();
  }

  private static String image(Shop shop) {
    return live(shop).getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
  }

  private static void healthy(Shop shop) {
    Awaitility.await("the Rollout to be healthy")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              var rollout = live(shop);
              return rollout.getStatus() != null
                  && "Healthy".equals(rollout.getStatus().getPhase())
                  && String.valueOf(rollout.getMetadata().getGeneration())
                      .equals(rollout.getStatus().getObservedGeneration());
            });
  }

  private static Shop running(String name) {
    assumeTrue(Cluster.get().argoRollouts(), "Argo Rollouts cannot be started here");
    var shop = shop(name);
    shop.apply(rollout("v1"));
    healthy(shop);
    return shop;
  }

  @Test
  @Order(1)
  void whereItIsNotInstalledThePlanSaysSoAndWhereItComesTheProblemGoes() {
    try (var shop = shop("absent")) {
      // given
      shop.plan(TO_REVISION);

      // then
      var said = shop.awaitCondition(ConditionTypes.EXECUTABLE, "False");
      assertThat(said.getMessage())
          .contains("Argo Rollouts is not installed in the cluster, so there is no Rollout web.");

      // when
      assumeTrue(Cluster.get().argoRollouts(), "Argo Rollouts cannot be started here");
      shop.apply(rollout("v1"));
      healthy(shop);
      shop.apply(rollout("v2"));

      // then
      shop.awaitCondition(ConditionTypes.EXECUTABLE, "True");
      assertThat(operator.log()).doesNotContain("Exception");
    }
  }

  @Test
  @Order(2)
  void aRolloutGoesBackToARevisionAndForthAgain() {
    try (var shop = running("revision")) {
      // given
      shop.apply(rollout("v2"));
      healthy(shop);

      // when
      shop.plan(TO_REVISION).run("INC-1", "back").awaitRest();

      // then
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(image(shop)).isEqualTo("backstep.dev/app:v1");
      assertThat(live(shop).getSpec().getTemplate().getMetadata().getLabels())
          .doesNotContainKey("rollouts-pod-template-hash");

      // when
      shop.state("Undone").awaitPhase(Phase.Undone);

      // then
      assertThat(shop.runStatus().reason()).isEqualTo(Reasons.UNDONE);
      assertThat(image(shop)).isEqualTo("backstep.dev/app:v2");
    }
  }

  @Test
  @Order(3)
  void aRolloutGoesBackToWhatWasProvenGood() {
    try (var shop = running("stable")) {
      // given
      var lastStable =
          levels("rollBack: {workloads: [{kind: Rollout, name: web}], to: {lastStable: {}}}");
      shop.plan(lastStable, "stable: {soak: 5s, workloads: [{kind: Rollout, name: web}]}\n");
      shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
      shop.apply(rollout("v2"));
      shop.awaitCondition(ConditionTypes.HEALTHY, "False");

      // when
      shop.run("INC-1", "back").awaitRest();

      // then
      assertThat(shop.runStatus().phase()).isEqualTo(Phase.Recovered);
      assertThat(image(shop)).isEqualTo("backstep.dev/app:v1");
    }
  }

  @Test
  @Order(4)
  void aRolloutIsRestartedAndScaled() {
    try (var shop = running("restart")) {
      // given
      var before = pod(shop);
      var gates =
          "    - {name: quiet, holdUntil: LevelActed, scale: {workloads: [{kind: Rollout, name: web}], replicas: 0}}\n";
      shop.apply(rollout("v2"));
      healthy(shop);
      shop.plan(levels("restart: {workloads: [{kind: Rollout, name: web}]}") + gates.substring(2));

      // when
      shop.run("INC-1", "back").awaitRest();

      // then
      assertThat(shop.runStatus().phase())
          .as(shop.runStatus().message())
          .isEqualTo(Phase.Exhausted);
      assertThat(live(shop).getSpec().getRestartAt()).isNotNull();
      assertThat(live(shop).getSpec().getReplicas()).isEqualTo(1);
      assertThat(pod(shop)).isNotEqualTo(before);
    }
  }

  private static String pod(Shop shop) {
    return shop.client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel("app", "web")
        .list()
        .getItems()
        .get(0)
        .getMetadata()
        .getName();
  }
}
