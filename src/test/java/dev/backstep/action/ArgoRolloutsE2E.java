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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Rollouts, with the controller of Argo Rollouts: first without it, then it is installed. */
@TestMethodOrder(OrderAnnotation.class)
@ResourceLock(Cluster.ARGO_ROLLOUTS)
class ArgoRolloutsE2E {
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

  @RegisterExtension static final TestOperator operator = TestOperator.startedByATest(4);

  @BeforeAll
  static void withoutArgo() {
    var definitions = Cluster.get().client().apiextensions().v1().customResourceDefinitions();
    definitions.withName(Cluster.ARGO_ROLLOUTS).delete();
    Awaitility.await("the CRD to be gone")
        .atMost(Duration.ofSeconds(60))
        .until(() -> definitions.withName(Cluster.ARGO_ROLLOUTS).get() == null);
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
            readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
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

  private static ArgoRollout live(Shop shop, String name) {
    return shop.client()
        .resources(ArgoRollout.class)
        .inNamespace(shop.namespace())
        .withName(name)
        .require();
  }

  private static String image(Shop shop) {
    return live(shop, "web").getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
  }

  private static void healthy(Shop shop) {
    Awaitility.await("the Rollout to be healthy")
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              var rollout = live(shop, "web");
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
      assertThat(live(shop, "web").getSpec().getTemplate().getMetadata().getLabels())
          .doesNotContainKey("rollouts-pod-template-hash");

      // when
      shop.state("Undone").awaitPhase(Phase.Undone);

      // then
      assertThat(shop.runStatus().reason()).isEqualTo(Reasons.UNDONE);
      assertThat(image(shop)).isEqualTo("backstep.dev/app:v2");
    }
  }

  /** Every action on workloads, as the sample has them; only its times are shorter. */
  @Test
  @Order(3)
  void theSampleRestartsHoldsAndGoesBackToWhatWasProvenGood() throws IOException {
    assumeTrue(Cluster.get().argoRollouts(), "Argo Rollouts cannot be started here");
    try (var shop = Shop.open("canary")) {
      // given
      shop.apply(sample(shop, "app.yaml"));
      shop.apply(sample(shop, "rbac.yaml"));
      healthy(shop);
      shop.apply(sample(shop, "plan.yaml").replace("within: 3m", "within: 20s\n    interval: 1s"));
      shop.patch("{\"spec\":{\"verification\":{\"soak\":\"2s\"},\"stable\":{\"soak\":\"5s\"}}}");
      shop.await("a stable revision", plan -> !plan.getStatus().stable().isEmpty());
      var patch = "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":\"%s\"}]";
      var image = patch.formatted("/spec/template/spec/containers/0/image", "backstep.dev/app:v2");
      shop.kubectl("patch", "rollout", "web", "--type=json", "-p", image).orThrow();
      healthy(shop);
      shop.awaitCondition(ConditionTypes.HEALTHY, "False");
      var broken = pods(shop, "web");

      // when
      var run = sample(shop, "run.yaml");
      shop.kubectlWith(run, "apply", "--server-side", "--field-manager=on-call", "-f", "-")
          .orThrow();
      shop.awaitRest();

      // then
      assertThat(shop.runStatus().phase())
          .as(shop.runStatus().message())
          .isEqualTo(Phase.Mitigated);
      assertThat(live(shop, "web").getSpec().getRestartAt()).isNotNull();
      assertThat(pods(shop, "web")).doesNotContainAnyElementsOf(broken);
      assertThat(image(shop)).isEqualTo("backstep.dev/app:v1");
      assertThat(live(shop, "worker").getSpec().getReplicas()).isZero();

      // when
      shop.state("Released").awaitPhase(Phase.Released);

      // then
      assertThat(live(shop, "worker").getSpec().getReplicas()).isEqualTo(1);
    }
  }

  private static String sample(Shop shop, String file) throws IOException {
    var text = Files.readString(Path.of("samples", "canary", file));
    return text.replaceAll("\\bshop\\b", shop.namespace());
  }

  private static List<String> pods(Shop shop, String app) {
    return shop
        .client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel("app", app)
        .list()
        .getItems()
        .stream()
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }
}
