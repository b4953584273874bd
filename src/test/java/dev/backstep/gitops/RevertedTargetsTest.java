package dev.backstep.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Settings;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who would put back what a plan changes. */
class RevertedTargetsTest {
  private static final String APPLICATION =
      "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop";
  private static final String KUSTOMIZATION =
      "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop";
  private static final String HELM_RELEASE =
      "/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases/shop";

  private final LoopbackApi api = new LoopbackApi();

  @AfterEach
  void stop() {
    api.close();
  }

  private List<String> doubts(Map<String, String> settings, Deployment... objects) {
    var kinds =
        List.of(new Applications(Settings.of(settings)), new Kustomizations(), new HelmReleases());
    var workloads = Arrays.stream(objects).map(Workloads::workload).toList();
    return new RevertedTargets(new Deployers(api.client(), kinds)).of(workloads);
  }

  private List<String> doubts(Deployment... objects) {
    return doubts(Map.of(), objects);
  }

  private static DeploymentBuilder deployment(String name) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .endMetadata();
  }

  private static Deployment tracked(String name, String tracking) {
    return deployment(name)
        .editMetadata()
        .addToAnnotations("argocd.argoproj.io/tracking-id", tracking)
        .endMetadata()
        .build();
  }

  private static Deployment labelled(String... labels) {
    var deployment = deployment("web").editMetadata();
    for (var i = 0; i < labels.length; i += 2) {
      deployment.addToLabels(labels[i], labels[i + 1]);
    }
    return deployment.endMetadata().build();
  }

  private void answers(String path, String spec) {
    api.answersAt(
        "GET",
        path,
        "{\"apiVersion\": \"v1\", \"kind\": \"Any\", \"metadata\": {\"name\": \"shop\"}, \"spec\": %s}"
            .formatted(spec));
  }

  @Test
  void anApplicationThatHealsItselfIsNamedOnceForAllOfItsTargets() {
    // given
    answers(APPLICATION, "{\"syncPolicy\": {\"automated\": {\"selfHeal\": true}}}");

    // when
    var doubts =
        doubts(
            tracked("web", "shop:apps/Deployment:shop/web"),
            tracked("worker", "shop:apps/Deployment:shop/worker"));

    // then
    assertThat(doubts)
        .containsExactly(
            "Deployment web and 1 more are deployed by Application argocd/shop, which heals itself, so what a level changes of that would be as in Git again within a second. For the time of a run switch that off: kubectl -n argocd patch applications.argoproj.io shop --type merge -p '{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":false}}}}'.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"syncPolicy\": {}}",
        "{\"syncPolicy\": {\"automated\": {\"enabled\": false, \"selfHeal\": true}}}"
      })
  void anApplicationThatDoesNothingByItselfIsNoDoubt(String spec) {
    // given
    answers(APPLICATION, spec);

    // when, then
    assertThat(doubts(tracked("web", "shop:apps/Deployment:shop/web"))).isEmpty();
  }

  @Test
  void anApplicationWithoutSelfHealWaitsForTheNextCommit() {
    // given
    answers(APPLICATION, "{\"syncPolicy\": {\"automated\": {}}}");

    // when, then
    assertThat(doubts(tracked("web", "shop:apps/Deployment:shop/web")))
        .singleElement()
        .asString()
        .contains("syncs by itself", "with the next commit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop:apps/Deployment:shop/other", "shop:apps/ReplicaSet:shop/web", "x"})
  void whatControllersCopiedFromAnotherObjectSaysNothing(String tracking) {
    // when, then
    assertThat(doubts(tracked("web", tracking))).isEmpty();
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void anApplicationOfAnotherNamespaceIsLookedForThere() {
    // given
    answers(
        APPLICATION.replace("argocd", "team"),
        "{\"syncPolicy\": {\"automated\": {\"selfHeal\": true}}}");

    // when, then
    assertThat(doubts(tracked("web", "team_shop:apps/Deployment:shop/web")))
        .singleElement()
        .asString()
        .contains("Application team/shop", "kubectl -n team patch");
  }

  @Test
  void aLabelCountsOnlyWhereArgoCdTracksByIt() {
    // given
    answers(APPLICATION, "{\"syncPolicy\": {\"automated\": {\"selfHeal\": true}}}");
    var labelled = labelled("app.kubernetes.io/instance", "shop");

    // when
    var without = doubts(labelled);
    var with =
        doubts(Map.of("backstep.git-ops.instance-label", "app.kubernetes.io/instance"), labelled);

    // then
    assertThat(without).isEmpty();
    assertThat(with).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        KUSTOMIZATION + "|kustomize|{\"interval\": \"10m\"}|is applied every 10m",
        HELM_RELEASE + "|helm|{\"driftDetection\": {\"mode\": \"enabled\"}}|corrects drift",
        HELM_RELEASE + "|helm|{\"driftDetection\": {\"mode\": \"warn\"}}|is upgraded by itself",
      })
  void whatFluxDeploysIsSaidInItsOwnWords(String path, String group, String spec, String how) {
    // given
    answers(path, spec);

    // when
    var doubts =
        doubts(
            labelled(
                "%s.toolkit.fluxcd.io/name".formatted(group),
                "shop",
                "%s.toolkit.fluxcd.io/namespace".formatted(group),
                "flux-system"));

    // then
    assertThat(doubts)
        .singleElement()
        .asString()
        .contains(how, "kubectl -n flux-system patch", "-p '{\"spec\":{\"suspend\":true}}'");
  }

  @ParameterizedTest
  @CsvSource({KUSTOMIZATION + ",kustomize", HELM_RELEASE + ",helm"})
  void whatIsSuspendedIsNoDoubt(String path, String group) {
    // given
    answers(path, "{\"suspend\": true}");

    // when, then
    assertThat(
            doubts(
                labelled(
                    "%s.toolkit.fluxcd.io/name".formatted(group),
                    "shop",
                    "%s.toolkit.fluxcd.io/namespace".formatted(group),
                    "flux-system")))
        .isEmpty();
  }

  @Test
  void whatTheOperatorMayNotSeeIsSaid() {
    // given
    api.refusesAt("GET", APPLICATION, 403, "applications is forbidden");

    // when, then
    assertThat(doubts(tracked("web", "shop:apps/Deployment:shop/web")))
        .containsExactly(
            "Deployment web is deployed by Application argocd/shop. Whether that puts back what a level changes could not be seen: applications is forbidden. Give the operator the right to get applications.argoproj.io in namespace argocd.");
  }

  @Test
  void anApplicationThatIsGonePutsNothingBack() {
    // when, then
    assertThat(doubts(tracked("web", "shop:apps/Deployment:shop/web"))).isEmpty();
  }
}
