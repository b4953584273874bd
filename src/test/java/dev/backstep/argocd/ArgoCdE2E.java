package dev.backstep.argocd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.ChartPolicies;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Beside the real Argo CD and a real Git repository. Argo CD takes ten minutes to build, so it is
 * asked for: {@code mvn verify -DskipUTs -Dit.test=ArgoCdE2E -Dbackstep.argo-cd=true}. What it does
 * here is what {@code GitOpsE2E} plays.
 */
@EnabledIfSystemProperty(named = "backstep.argo-cd", matches = "true")
class ArgoCdE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(7);

  private static final String OLD = "backstep.dev/app:v1";
  private static final String NEW = "backstep.dev/app:v2";
  private static final String PLAN = "plan.yaml";
  private static final String SERVER = "system:serviceaccount:argocd:argocd-server";

  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 0
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: app, image: '%s'}]}
      """;

  /** What has a default is left out, in lists too. */
  private static final String BACK =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 2s}
        gitOps: {argoCD: [{application: %s}]}
        gates:
        - {name: web, interval: 1s, consecutiveSuccessLimit: 2, workload: {kind: Deployment, name: web}}
        levels:
        - name: back
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: 'backstep.dev/app:v1'}]}
        - name: again
          actions:
          - name: restart
            restart: {workloads: [{kind: Deployment, name: web}]}
        symptoms:
        - {name: Errors, severity: High, levels: [back]}
      """;

  private static final String SLOW_HOOK =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: slow, annotations: {argocd.argoproj.io/hook: PreSync}}
      spec:
        backoffLimit: 0
        template:
          spec:
            restartPolicy: Never
            terminationGracePeriodSeconds: 1
            containers:
            - {name: slow, image: 'backstep.dev/debian:12', imagePullPolicy: IfNotPresent, command: [sleep, '600']}
      """;

  private static final String RUN =
      """
      {"spec":{"run":{"id":"INC-1","reason":"version 2 answers with errors","requestedBy":"alice",
       "levels":["back"],"entry":"Always"}}}
      """;

  @BeforeAll
  static void argoCd() {
    assumeTrue(Cluster.get().argoCd(), "Argo CD cannot be started here");
  }

  private static Map<String, String> web(String image) {
    return Map.of("web.yaml", WEB.formatted(image));
  }

  private static Map<String, String> files(Shop shop) {
    return Map.of("web.yaml", WEB.formatted(NEW), PLAN, BACK.formatted(shop.namespace()));
  }

  private static DeployedShop deployed(Shop shop, String annotations, String options) {
    return deployed(shop, DeployedShop.of(shop, files(shop), annotations, options));
  }

  private static DeployedShop deployed(Shop shop, DeployedShop deployed) {
    deployed.await("deployed", it -> phase(it).equals("Succeeded"));
    shop.awaitCondition("Executable", "True");
    return deployed;
  }

  private static String phase(JsonNode application) {
    return application.at("/status/operationState/phase").asText();
  }

  /** Self-heal is at work before, and Git is in charge after. */
  @Test
  void aRollbackSurvivesUntilGitIsMended() {
    try (var shop = Shop.open("argo");
        var deployed = deployed(shop, "", "")) {
      survives(shop, deployed);
    }
  }

  @Test
  void aRollbackSurvivesUntilGitIsMendedWhereTheServerApplies() {
    try (var shop = Shop.open("argo-ssa");
        var deployed =
            deployed(
                shop,
                "argocd.argoproj.io/compare-options: ServerSideDiff=true",
                "ServerSideApply=true")) {
      survives(shop, deployed);
    }
  }

  /** An ApplicationSet takes annotations away too, such as those that say who holds. */
  @Test
  void aRollbackSurvivesUnderAnApplicationSetThatLeavesTheHoldAlone() {
    var ignored =
        """
        {jsonPointers: [/spec/syncPolicy/automated/enabled], jqPathExpressions: \
        ['.metadata.annotations | .[(. // {} | keys[]) | select(startswith("backstep.dev/"))]']}\
        """;
    try (var shop = Shop.open("argo-set");
        var deployed = deployed(shop, DeployedShop.ofSet(shop, files(shop), ignored))) {
      survives(shop, deployed);
    }
  }

  @Test
  void anApplicationSetThatTakesTheHoldBackIsSaid() {
    try (var shop = Shop.open("argo-contested");
        var deployed = deployed(shop, DeployedShop.ofSet(shop, files(shop), ""))) {
      // given
      assertThat(shop.condition("Executable").getMessage())
          .contains("is itself made by ApplicationSet " + shop.namespace());

      // when
      shop.patch(RUN).awaitPhase(Phase.AwaitingAnswer);

      // then
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.CONTESTED);
      assertThat(shop.runStatus().question().message()).contains("such as an ApplicationSet");
      assertThat(shop.image("web")).isEqualTo(NEW);
      deployed.awaitHealth("Suspended");
    }
  }

  /** It ignores the switch, and would overwrite what is changed meanwhile. */
  @Test
  void anOperationThatRunsIsEndedFirst() {
    try (var shop = Shop.open("argo-operation");
        var deployed = deployed(shop, "", "")) {
      // given
      deployed.commit(
          Map.of("hook.yaml", SLOW_HOOK, "web.yaml", WEB.formatted("backstep.dev/app:v3")));
      deployed.await("running", it -> phase(it).equals("Running"));

      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      assertThat(phase(deployed.now())).isEqualTo("Failed");
      assertThat(shop.image("web")).isEqualTo(OLD);
    }
  }

  private static void survives(Shop shop, DeployedShop deployed) {
    // given
    deployed.awaitSync("Synced").awaitHealth("Healthy");
    shop.kubectl("set", "image", "deployment/web", "app=" + OLD).orThrow();
    deployed.awaitImage(NEW);
    deployed.awaitSync("Synced").forget();

    // when
    shop.patch(RUN).awaitPhase(Phase.Mitigated);

    // then
    deployed.awaitHealth("Suspended");
    assertThat(shop.image("web")).isEqualTo(OLD);
    assertThat(deployed.syncsOfPlan()).containsExactly("Synced");

    // when
    deployed.commit(web(OLD));
    shop.state("Released").awaitPhase(Phase.Released);

    // then
    deployed.awaitSync("Synced").awaitHealth("Healthy");
    assertThat(deployed.now().at("/spec/syncPolicy/automated").toString())
        .isEqualTo("{\"prune\":true,\"selfHeal\":true}");
    assertThat(shop.image("web")).isEqualTo(OLD);
    assertThat(deployed.syncsOfPlan()).containsExactly("Synced");

    // when
    deployed.commit(web(NEW));

    // then
    deployed.awaitImage(NEW);
  }

  /** Asked for, answered and released by Argo CD's own actions, under the admission policies. */
  @Test
  void theApplicationIsNotHealthyWhileAPlanAwaitsAnAnswer() {
    try (var shop = Shop.open("argo-asks");
        var policies = ChartPolicies.in(shop);
        var deployed = deployed(shop, "", "")) {
      // given
      policies.grant("runner", SERVER);
      deployed.awaitHealth("Healthy").forget();

      // when
      deployed.act("run", "symptom=Errors", "reason=version 2 answers with errors");

      // then
      shop.awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.ALREADY_HEALTHY);
      assertThat(shop.runStatus().requestedBy()).isEqualTo(SERVER);
      deployed.awaitHealth("Suspended");

      // when
      deployed.act("answer", "choice=Proceed");
      shop.awaitPhase(Phase.Mitigated);
      deployed.act("release");

      // then
      shop.awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.RELEASE_DOUBTED);
      deployed.awaitHealth("Suspended");
      assertThat(deployed.healths().stream().skip(1)).doesNotContain("Healthy");

      // when
      deployed.act("answer", "choice=Proceed");

      // then
      shop.awaitPhase(Phase.Released);
      deployed.awaitImage(NEW);
      deployed.awaitHealth("Healthy");
    }
  }

  /** By a sync that somebody asks for: the Application's own are off. */
  @Test
  void aPrunedPlanGivesBackWhatItHolds() {
    try (var shop = Shop.open("argo-prune");
        var deployed = deployed(shop, "", "")) {
      // given
      shop.patch(RUN).awaitPhase(Phase.Mitigated);
      deployed.commit(Map.of("web.yaml", WEB.formatted(OLD), PLAN, ""));
      deployed.await("compared", it -> DeployedShop.syncOfPlan(it).equals("OutOfSync"));

      // when
      deployed.sync();

      // then
      deployed.await("on", it -> it.at("/spec/syncPolicy/automated/enabled").isMissingNode());
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> shop.kubectl("get", "rollbackplan", "web").stderr().contains("NotFound"));
      assertThat(shop.image("web")).isEqualTo(OLD);
    }
  }
}
