package dev.backstep.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Beside the real Flux and a real Git repository. Flux takes minutes to build, so it is asked for:
 * {@code mvn verify -DskipUTs -Dit.test=FluxE2E -Dbackstep.flux=true}.
 */
@EnabledIfSystemProperty(named = "backstep.flux", matches = "true")
class FluxE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(8);

  private static final String OLD = "backstep.dev/app:v1";
  private static final String NEW = "backstep.dev/app:v2";
  private static final String NEXT = "backstep.dev/app:v3";
  private static final String WEB_FILE = "web/web.yaml";

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

  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: web, annotations: {%s}}
      spec:
        serviceAccountName: runner
        verification: {soak: 2s}
        gitOps: {flux: [{kind: %s, name: web, namespace: %s}]}
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
  static void flux() {
    assumeTrue(Cluster.get().flux(), "Flux cannot be started here");
  }

  private static Map<String, String> web(String image) {
    return Map.of(WEB_FILE, WEB.formatted(image));
  }

  private static String plan(String kind, Shop shop) {
    return PLAN.formatted("", kind, shop.namespace());
  }

  /** What Flux deploys, and a plan that holds that. */
  private static FluxShop deployed(Shop shop) {
    var flux = FluxShop.of(shop, web(NEW), FluxShop.kustomization("web", shop, ""));
    flux.awaitImage(NEW);
    shop.apply(plan("Kustomization", shop));
    shop.awaitCondition("Executable", "True");
    return flux;
  }

  /** The plan is in Git as well, and started by kubectl. */
  @Test
  void aRollbackSurvivesUntilGitIsMended() {
    try (var shop = Shop.open("flux");
        var flux =
            FluxShop.of(
                shop,
                Map.of(
                    WEB_FILE,
                    WEB.formatted(NEW),
                    "web/plan.yaml",
                    PLAN.formatted(
                        "kustomize.toolkit.fluxcd.io/ssa: Merge",
                        "Kustomization",
                        shop.namespace())),
                FluxShop.kustomization("web", shop, "wait: true"))) {
      // given
      flux.awaitApplied("web");
      shop.awaitCondition("Executable", "True");
      shop.kubectl("set", "image", "deployment/web", "app=" + OLD).orThrow();
      flux.awaitImage(NEW);

      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      var held = flux.kustomization("web");
      assertThat(held.at("/spec/suspend").asBoolean()).isTrue();
      assertThat(held.at("/metadata/annotations/backstep.dev~1held-value").asText())
          .isEqualTo("null");
      flux.commit(web(NEXT));
      flux.awaitRounds();
      assertThat(shop.image("web")).isEqualTo(OLD);

      // when
      flux.commit(web(OLD));
      shop.state("Released").awaitPhase(Phase.AwaitingAnswer);
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.RELEASE_DOUBTED);
      shop.answer("Proceed").awaitPhase(Phase.Released);

      // then
      flux.awaitApplied("web");
      var free = flux.kustomization("web");
      assertThat(free.at("/spec").has("suspend")).isFalse();
      assertThat(free.at("/metadata/annotations").toString()).doesNotContain("backstep.dev/held");
      assertThat(shop.image("web")).isEqualTo(OLD);
      assertThat(shop.plan().getSpec().run().id()).isEqualTo("INC-1");

      // when
      flux.commit(web(NEW));

      // then
      flux.awaitImage(NEW);
    }
  }

  @Test
  void aHelmReleaseIsSuspendedAndOnAgainAfterAnUndo() {
    try (var shop = Shop.open("flux-helm");
        var flux =
            FluxShop.of(
                shop,
                Map.of(
                    "chart/Chart.yaml",
                    "{apiVersion: v2, name: web, version: 1.0.0}",
                    "chart/templates/web.yaml",
                    WEB.formatted("{{ .Values.image }}")),
                RELEASE.formatted(NEW))) {
      // given
      flux.awaitImage(NEW);
      shop.apply(plan("HelmRelease", shop).replaceAll(" *gitOps.*\n", ""));
      shop.awaitCondition("Executable", "True");
      assertThat(shop.condition("Executable").getMessage())
          .contains(
              "deployed by HelmRelease %s/web, which corrects drift".formatted(shop.namespace()));
      shop.apply(plan("HelmRelease", shop));

      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      assertThat(shop.plan().getStatus().holds())
          .extracting(hold -> hold.target())
          .containsExactly("HelmRelease web");
      flux.awaitRounds();
      assertThat(shop.image("web")).isEqualTo(OLD);

      // when
      shop.state("Undone").awaitPhase(Phase.Undone);

      // then
      assertThat(shop.image("web")).isEqualTo(NEW);
      assertThat(flux.object("helmrelease", "web").at("/spec").has("suspend")).isFalse();
      shop.kubectl("set", "image", "deployment/web", "app=" + OLD).orThrow();
      flux.awaitImage(NEW);
    }
  }

  private static final String RELEASE =
      """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata: {name: web}
      spec:
        interval: 2s
        chart: {spec: {chart: ./chart, interval: 1h, sourceRef: {kind: GitRepository, name: shop}}}
        driftDetection: {mode: enabled}
        values: {image: '%s'}
      """;

  /** The plans are of two namespaces, as teams have them. */
  @Test
  void theLastOfTwoPlansGivesBack() {
    try (var shop = Shop.open("flux-one");
        var other = Shop.open("flux-two").idle("web", "v2");
        var flux = deployed(shop)) {
      // given
      shop.apply(RIGHTS.formatted(other.namespace()));
      other.apply(plan("Kustomization", shop));
      other.awaitCondition("Executable", "True");
      shop.patch(RUN).awaitPhase(Phase.Mitigated);
      other.patch(RUN).awaitPhase(Phase.Mitigated);

      // when
      shop.state("Released").awaitPhase(Phase.Released);

      // then
      flux.awaitRounds();
      assertThat(flux.kustomization("web").at("/spec/suspend").asBoolean()).isTrue();
      assertThat(shop.image("web")).isEqualTo(OLD);

      // when
      other.state("Undone").awaitPhase(Phase.Undone);

      // then
      assertThat(flux.kustomization("web").at("/spec").has("suspend")).isFalse();
      flux.awaitImage(NEW);
    }
  }

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: other}
      subjects: [{kind: ServiceAccount, name: runner, namespace: %s}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: git}
      """;

  /** Flux counts as its own what kubectl wrote. */
  @Test
  void aRunThatWouldBeTakenOutOfAPlanInGitIsSaidBefore() {
    try (var shop = Shop.open("flux-kubectl");
        var flux =
            FluxShop.of(
                shop,
                Map.of(WEB_FILE, WEB.formatted(NEW), "web/plan.yaml", plan("Kustomization", shop)),
                FluxShop.kustomization("web", shop, ""))) {
      // given
      flux.awaitApplied("web");
      shop.awaitCondition("Executable", "True");
      assertThat(shop.condition("Executable").getMessage())
          .contains("takes out what kubectl sets in it", "kustomize.toolkit.fluxcd.io/ssa: Merge");
      flux.commit(Map.of("web/plan.yaml", plan("Kustomization", shop) + "  suspend: true\n"));
      flux.awaitApplied("web");

      // when
      shop.patch(RUN);

      // then
      shop.await("without a run", plan -> plan.getSpec().run() == null);
    }
  }

  /** Suspended in the midst of a round that takes seconds, it would put the old image back. */
  @Test
  void aRoundThatIsUnderWayIsWaitedFor() {
    try (var shop = Shop.open("flux-round");
        var flux =
            FluxShop.of(
                shop,
                Map.of(WEB_FILE, WEB.formatted(NEW), "web/many.yaml", many()),
                FluxShop.kustomization("web", shop, ""))) {
      // given
      flux.awaitImage(NEW);
      shop.apply(plan("Kustomization", shop));
      shop.awaitCondition("Executable", "True");
      flux.awaitUnderWay("web");

      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      flux.awaitRounds();
      assertThat(shop.image("web")).isEqualTo(OLD);
    }
  }

  private static String many() {
    return IntStream.range(0, 300)
        .mapToObj("{apiVersion: v1, kind: ConfigMap, metadata: {name: many-%d}}"::formatted)
        .collect(Collectors.joining("\n---\n"));
  }

  /** The parent has whatever Git says, and Git says nothing of the switch. */
  @Test
  void aRollbackSurvivesUnderAKustomizationThatIsDeployedItself() {
    try (var shop = Shop.open("flux-parent");
        var flux = deployedByAnother(shop, "")) {
      // when
      shop.patch(RUN).awaitPhase(Phase.Mitigated);

      // then
      flux.awaitRounds();
      assertThat(flux.kustomization("web").at("/spec/suspend").asBoolean()).isTrue();
      assertThat(shop.image("web")).isEqualTo(OLD);
    }
  }

  @Test
  void aParentThatPutsTheSwitchBackIsSaid() {
    try (var shop = Shop.open("flux-contested");
        var flux = deployedByAnother(shop, "suspend: false")) {
      // given
      assertThat(shop.condition("Executable").getMessage())
          .contains(
              "is itself made by Kustomization %s/apps, which has /spec/suspend in Git"
                  .formatted(shop.namespace()));

      // when
      shop.patch(RUN).awaitPhase(Phase.AwaitingAnswer);

      // then
      assertThat(shop.runStatus().question().reason()).isEqualTo(Reasons.CONTESTED);
      assertThat(shop.plan().getStatus().holds()).isNullOrEmpty();
      flux.awaitRounds();
      assertThat(shop.image("web")).isEqualTo(NEW);
    }
  }

  private static FluxShop deployedByAnother(Shop shop, String more) {
    var child = FluxShop.kustomization("web", shop, more);
    var files = Map.of(WEB_FILE, WEB.formatted(NEW), "apps/web.yaml", child);
    var flux = FluxShop.of(shop, files, FluxShop.kustomization("apps", shop, ""));
    flux.awaitImage(NEW);
    shop.apply(plan("Kustomization", shop));
    shop.awaitCondition("Executable", "True");
    return flux;
  }
}
