package dev.backstep.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Settings;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
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
  private final RollbackPlan planObject = new RollbackPlan();

  @AfterEach
  void stop() {
    api.close();
  }

  private List<String> doubts(Map<String, String> settings, String gitOps, Deployment... objects) {
    var kinds =
        List.of(new Applications(Settings.of(settings)), new Kustomizations(), new HelmReleases());
    var workloads = Arrays.stream(objects).map(Workloads::workload).toList();
    return new RevertedTargets(new Deployers(api.client(), kinds))
        .of(planObject, plan(gitOps), workloads);
  }

  private List<String> doubts(Deployment... objects) {
    return doubts(Map.of(), "", objects);
  }

  private static RollbackPlanSpec plan(String gitOps) {
    return PlanYaml.spec(
        """
        serviceAccountName: runner
        gates: []
        levels: [{name: quiet, actions: []}]
        %s
        """
            .formatted(gitOps));
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
            "Deployment web and 1 more are deployed by Application argocd/shop, which heals itself, so what a level changes of that would be as in Git again within a second. Name it in spec.gitOps.argoCD (application: shop, namespace: argocd), so that runs hold it.");
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
        .contains("Application team/shop", "(application: shop, namespace: team)");
  }

  @Test
  void aLabelCountsOnlyWhereArgoCdTracksByIt() {
    // given
    answers(APPLICATION, "{\"syncPolicy\": {\"automated\": {\"selfHeal\": true}}}");
    var labelled = labelled("app.kubernetes.io/instance", "shop");

    // when
    var without = doubts(labelled);
    var with =
        doubts(
            Map.of("backstep.git-ops.instance-label", "app.kubernetes.io/instance"), "", labelled);

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
        .contains(how, "in spec.gitOps.flux (kind: ", ", name: shop, namespace: flux-system)");
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
  void whatAPlanHoldsIsNoDoubtUnlessSomebodyDeploysThatToo() {
    // given
    var held = "gitOps: {argoCD: [{application: shop, namespace: argocd}]}";
    answers(APPLICATION, "{\"syncPolicy\": {\"automated\": {\"selfHeal\": true}}}");
    var alone = doubts(Map.of(), held, tracked("web", "shop:apps/Deployment:shop/web"));
    api.answersAt(
        "GET",
        APPLICATION,
        """
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop",
        "ownerReferences": [{"apiVersion": "v1", "kind": "ApplicationSet", "name": "all", "uid": "u"}]}}
        """);

    // when
    var owned = doubts(Map.of(), held, tracked("web", "shop:apps/Deployment:shop/web"));

    // then
    assertThat(alone).isEmpty();
    assertThat(owned)
        .containsExactly(
            "Application argocd/shop, which runs hold, is itself made by ApplicationSet all. See to it that this leaves /spec/syncPolicy/automated/enabled and the annotations of backstep.dev alone, or a run may find itself Contested.");
  }

  private static final String MADE =
      """
      {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "shop",
      "labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"},
      "managedFields": [{"manager": "kustomize-controller", "operation": "Apply",
      "fieldsV1": {"f:spec": {"%s": {}}}}]}, "spec": {"interval": "10m"}}
      """;

  /** Most Kustomizations are made by another one; that one puts back only what Git has. */
  @ParameterizedTest
  @CsvSource({"f:suspend,1", "f:interval,0"})
  void aKustomizationThatAnotherOneMakesIsADoubtOnlyWhereItsSwitchIsInGit(String field, int said) {
    // given
    api.answersAt("GET", KUSTOMIZATION, MADE.formatted(field));
    answers(KUSTOMIZATION.replace("/shop", "/apps"), "{\"interval\": \"10m\"}");

    // when
    var doubts =
        doubts(
            Map.of(),
            "gitOps: {flux: [{kind: Kustomization, name: shop, namespace: flux-system}]}");

    // then
    assertThat(doubts).hasSize(said);
    assertThat(doubts)
        .allSatisfy(
            doubt ->
                assertThat(doubt)
                    .contains("made by Kustomization flux-system/apps, which has /spec/suspend"));
  }

  @ParameterizedTest
  @CsvSource({"Override,1", "Merge,0"})
  void aPlanWhoseRunWouldBeTakenOutIsADoubt(String applied, int said) {
    // given
    planObject.getMetadata().setAnnotations(Map.of("kustomize.toolkit.fluxcd.io/ssa", applied));
    planIsDeployed();

    // when
    var doubts = doubts();

    // then
    assertThat(doubts).hasSize(said);
    assertThat(doubts)
        .allSatisfy(
            doubt ->
                assertThat(doubt)
                    .isEqualTo(
                        "The plan itself, and so spec.run, is deployed by Kustomization flux-system/shop, which takes out what kubectl sets in it, and fails while it may not. Give it in Git the annotation kustomize.toolkit.fluxcd.io/ssa: Merge."));
  }

  private void planIsDeployed() {
    planObject
        .getMetadata()
        .setLabels(
            Map.of(
                "kustomize.toolkit.fluxcd.io/name",
                "shop",
                "kustomize.toolkit.fluxcd.io/namespace",
                "flux-system"));
  }

  private static ManagedFieldsEntry writes(String manager, String fieldOfTheRun) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty("f:spec", Map.of("f:run", Map.of("f:" + fieldOfTheRun, Map.of())));
    return new ManagedFieldsEntryBuilder().withManager(manager).withFieldsV1(fields).build();
  }

  /**
   * It wrote its own name over that of kubectl, and takes out what it has so, whatever Git says.
   */
  @Test
  void aRunThatFluxTookOverHasToBeTakenOut() {
    // given
    planIsDeployed();
    var metadata = planObject.getMetadata();
    metadata.setNamespace("shop");
    metadata.setName("web");
    metadata.setManagedFields(
        List.of(writes("on-call", "id"), writes("kustomize-controller", "state")));

    // when, then
    assertThat(doubts())
        .singleElement()
        .asString()
        .endsWith(
            "Fields of spec.run are its own already, for which that comes too late: once the run has ended and nothing is held, kubectl -n shop patch rollbackplan web --type=merge -p '{\"spec\":{\"run\":null}}'.");
  }

  @Test
  void anApplicationThatIsGonePutsNothingBack() {
    // when, then
    assertThat(doubts(tracked("web", "shop:apps/Deployment:shop/web"))).isEmpty();
  }
}
