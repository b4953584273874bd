package dev.backstep.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A rollback of what somebody keeps as Git has it, against a real API server; without pods. */
class GitOpsE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(2);

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String OLD = "backstep.dev/app:v1";
  private static final String NEW = "backstep.dev/app:v2";

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: git}
      rules:
      - {apiGroups: [argoproj.io], resources: [applications], resourceNames: [shop], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: git}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: git}
      """;

  private static final String APPLICATION =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: Application
      metadata: {name: shop}
      spec:
        project: default
        source: {repoURL: 'https://git.example.com/shop', targetRevision: 'backstep.dev/app:v2'}
        destination: {server: 'https://kubernetes.default.svc'}
        syncPolicy: {automated: {selfHeal: true}, retry: {limit: 5, backoff: {factor: 2}}}
      """;

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web}
      spec:
        serviceAccountName: runner
        verification: {soak: 2s}
        gitOps: {argoCD: [{application: shop, namespace: %s}]}
        gates:
        - {name: web, interval: 1s, consecutiveSuccessLimit: 2, workload: {kind: Deployment, name: web}}
        levels:
        - name: back
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: 'backstep.dev/app:v1'}]}
      """;

  private static final String RUN =
      """
      {"spec":{"run":{"id":"INC-1","reason":"version 2 answers with errors","requestedBy":"alice",
       "levels":["back"],"entry":"Always"}}}
      """;

  @BeforeAll
  static void applicationsAreKnown() {
    var kubectl = Cluster.get().kubectl();
    var file = Path.of("src", "test", "resources", "gitops", "applications.yaml").toString();
    kubectl.run("apply", "--server-side", "--force-conflicts", "-f", file).orThrow();
    kubectl
        .run("wait", "--for=condition=Established", "crd/applications.argoproj.io", "--timeout=60s")
        .orThrow();
  }

  private static Shop deployed(String application) {
    var shop = Shop.open("git").idle("web", "v2");
    shop.apply(RIGHTS);
    shop.kubectlWith(application, "create", "-f", "-").orThrow();
    shop.apply(PLAN.formatted(shop.namespace()));
    shop.awaitCondition("Executable", "True");
    return shop;
  }

  private static void commit(Shop shop) {
    var patch = "{\"spec\":{\"source\":{\"targetRevision\":\"%s\"}}}".formatted(OLD);
    shop.kubectl("patch", "applications.argoproj.io", "shop", "--type=merge", "-p", patch)
        .orThrow();
  }

  private static String enabled(Shop shop) {
    return SelfHealing.application(shop).at("/spec/syncPolicy/automated/enabled").toString();
  }

  private static void awaitImage(Shop shop, String image) {
    await().atMost(PATIENCE).until(() -> shop.image("web").equals(image));
  }

  /** An operation that would have overwritten the image is ended first. */
  @Test
  void aRollbackSurvivesUntilGitIsMended() {
    try (var shop =
            deployed(
                APPLICATION
                    + "status: {operationState: {phase: Running, operation: {}, startedAt: '2026-11-21T14:05:00Z'}}\n");
        var healing = new SelfHealing(shop)) {
      // given
      healing.begin();
      shop.kubectl("set", "image", "deployment/web", "app=" + OLD).orThrow();
      awaitImage(shop, NEW);

      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      assertThat(shop.image("web")).isEqualTo(OLD);
      var held = SelfHealing.application(shop);
      assertThat(held.at("/spec/syncPolicy/automated/enabled").toString()).isEqualTo("false");
      assertThat(held.at("/status/operationState/phase").asText()).isEqualTo("Failed");
      assertThat(shop.plan().getStatus().holds())
          .singleElement()
          .satisfies(hold -> assertThat(hold.target()).isEqualTo("Application shop"));

      // when
      commit(shop);
      shop.state("Released").awaitPhase(Phase.Released);

      // then
      var free = SelfHealing.application(shop);
      assertThat(free.at("/spec/syncPolicy").toString())
          .isEqualTo(
              "{\"automated\":{\"selfHeal\":true},\"retry\":{\"backoff\":{\"factor\":2},\"limit\":5}}");
      assertThat(free.at("/metadata/annotations").properties())
          .extracting(annotation -> annotation.getKey())
          .containsExactly("backstep.dev/mark");
      assertThat(shop.image("web")).isEqualTo(OLD);
    }
  }

  @Test
  void whatGitWouldDeployAgainIsAskedAbout() {
    var annotated = APPLICATION.replace("name: shop}", "name: shop, annotations: {team: shop}}");
    try (var shop = deployed(annotated.replace("true}", "true, enabled: true}"));
        var healing = new SelfHealing(shop)) {
      // given
      healing.begin();
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // when
      shop.state("Released").awaitPhase(Phase.AwaitingAnswer);

      // then
      var question = shop.runStatus().question();
      assertThat(question.reason()).isEqualTo(Reasons.RELEASE_DOUBTED);
      assertThat(question.message()).contains("Git has something else for Deployment web");
      assertThat(enabled(shop)).isEqualTo("false");
      assertThat(shop.image("web")).isEqualTo(OLD);

      // when
      shop.answer("Proceed").awaitPhase(Phase.Released);

      // then
      assertThat(enabled(shop)).isEqualTo("true");
      awaitImage(shop, NEW);
    }
  }
}
