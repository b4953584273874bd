package dev.backstep.action.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.action.Scopes;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.RollBack.ContainerImage;
import dev.backstep.api.v1alpha1.action.RollBack.LastStable;
import dev.backstep.api.v1alpha1.action.RollBack.OnSchemaChange;
import dev.backstep.api.v1alpha1.action.RollBack.To;
import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResultBuilder;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.api.v1alpha1.value.Ref;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.ImageDigests;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.PullFailures;
import dev.backstep.cluster.Records;
import dev.backstep.database.Schemas.Schema;
import dev.backstep.database.SimulatedSchemas;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.stable.StableContent;
import dev.backstep.stable.StableRevisions;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.WaitingPods;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollBackExecutorTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");
  private static final WorkloadRef DB = new WorkloadRef(WorkloadKind.StatefulSet, "db");
  private static final Instant PROVEN = Scopes.SINCE.minusSeconds(3600);

  private final LoopbackApi api = new LoopbackApi();
  private final PodTemplates templates = new PodTemplates(api.client());
  private final ConfigMaps configMaps = new ConfigMaps(api.client(), new LeapingClock());
  private final StableRevisions stable =
      new StableRevisions(api.client(), configMaps, templates, new ImageDigests(api.client()));
  private CompletionStage<Schema> schema = schema("41");
  private final Workloads workloads = Workloads.of();
  private final WorkloadTargets targets = workloads.targets(api.client());
  private final RollBackExecutor executor =
      new RollBackExecutor(
          targets,
          new Destinations(stable, new Revisions(api.client(), templates), workloads),
          new ConfigMapStep(configMaps),
          new StuckPods(api.client(), targets),
          new SchemaGuard(SimulatedSchemas.answering(() -> schema)),
          new Pulls(workloads, templates, new PullFailures(api.client())),
          templates);

  @AfterEach
  void stop() {
    api.close();
  }

  private static CompletionStage<Schema> schema(String value) {
    return CompletableFuture.completedStage(new Schema(value, null));
  }

  private static RollBack to(To to, WorkloadRef... refs) {
    return new RollBack(List.of(refs), to, OnSchemaChange.Ask);
  }

  private static RollBack toImage(String container, String image) {
    return to(new To(null, null, List.of(new ContainerImage(container, image))), WEB);
  }

  private static RollBack toRevision(String revision, WorkloadRef ref) {
    return to(new To(null, revision, null), ref);
  }

  private static RollBack toLastStable(boolean configMaps) {
    return to(new To(new LastStable(configMaps), null, null), WEB);
  }

  private ActionScope scope(HasMetadata... objects) {
    workloads.has(objects);
    return Scopes.of();
  }

  private static Deployment web(String image) {
    return Workloads.deployment("web", image).build();
  }

  private Step next(RollBack action, ActionScope scope) {
    return executor.next(action, scope).toCompletableFuture().join();
  }

  private Step preview(RollBack action, ActionScope scope) {
    return executor.preview(action, scope).toCompletableFuture().join();
  }

  private static JsonNode template(ObjectPatch change) {
    for (var operation : change.patch()) {
      if (operation.path("path").asText().equals(PodTemplates.POINTER)) {
        return operation.path("value");
      }
    }
    throw new AssertionError(change.patch().toString());
  }

  private static String image(ObjectPatch change) {
    return template(change).at("/spec/containers/0/image").asText();
  }

  private static String problem(Step step) {
    return ((Work.Impossible) step.work()).reason();
  }

  @Test
  void theNamedContainersGetTheirImagesAndNothingElseChanges() {
    var change =
        (ObjectPatch) next(toImage("app", "app:v1"), scope(web("app:v2"))).effects().get(0);

    assertThat(template(change)).isEqualTo(templates.json(Workloads.template("web", "app:v1")));
    assertThat(change.summary()).isEqualTo("Deployment web: app:v2 -> app:v1");
  }

  @Test
  void whatIsThereAlreadyIsOnlyWaitedFor() {
    assertThat(next(toImage("app", "app:v1"), scope(web("app:v1"))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void aContainerThatDoesNotExistIsAProblemBeforehand() {
    assertThat(Scopes.now(executor.preflight(toImage("web", "app:v1"), scope(web("app:v2")))))
        .containsExactly(
            new Problem(
                "ContainerAbsent",
                "Deployment web has no container web; it has app. Correct action back."));
    assertThat(problem(next(toImage("web", "app:v1"), scope(web("app:v2")))))
        .isEqualTo("ContainerAbsent");
  }

  private void replicaSet(String name, String revision, String image, String owner) {
    var template = Workloads.template("web", image);
    template.getMetadata().getLabels().put("pod-template-hash", name);
    api.has(
        new ReplicaSetBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(name)
            .addToAnnotations("deployment.kubernetes.io/revision", revision)
            .addNewOwnerReference()
            .withUid(owner)
            .endOwnerReference()
            .endMetadata()
            .withNewSpec()
            .withTemplate(template)
            .endSpec()
            .build());
  }

  @Test
  void aRevisionOfADeploymentComesBackFromItsReplicaSet() {
    replicaSet("web-1", "1", "app:v1", "uid-web");
    replicaSet("web-2", "2", "app:v2", "uid-web");
    replicaSet("alien-1", "1", "app:v9", "uid-alien");

    var change = (ObjectPatch) next(toRevision("1", WEB), scope(web("app:v2"))).effects().get(0);

    assertThat(template(change)).isEqualTo(templates.json(Workloads.template("web", "app:v1")));
  }

  @Test
  void aRevisionOfASetComesBackFromItsControllerRevision() {
    var data = templates.json(Workloads.template("db", "db:v1")).put("$patch", "replace");
    api.has(
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("db-1")
            .addNewOwnerReference()
            .withUid("uid-db")
            .endOwnerReference()
            .endMetadata()
            .withRevision(1L)
            .withData(Map.of("spec", Map.of("template", data)))
            .build());
    var db = Workloads.statefulSet("db", "db:v2").build();

    var change = (ObjectPatch) next(toRevision("1", DB), scope(db)).effects().get(0);

    assertThat(template(change)).isEqualTo(templates.json(Workloads.template("db", "db:v1")));
    assertThat(problem(next(toRevision("2", DB), scope(db)))).isEqualTo("RevisionAbsent");
  }

  @Test
  void aRevisionThatIsNotKeptIsNamedWithWhereToLook() {
    var none =
        Workloads.deployment("web", "app:v2")
            .editSpec()
            .withRevisionHistoryLimit(0)
            .endSpec()
            .build();

    assertThat(
            Scopes.now(executor.preflight(toRevision("1", WEB), scope(web("app:v2"))))
                .get(0)
                .message())
        .contains("has no revision 1 any more. See kubectl rollout history deployment/web.");
    assertThat(Scopes.now(executor.preflight(toRevision("1", WEB), scope(none))).get(0).message())
        .contains("revisionHistoryLimit: 0");
  }

  @Test
  void aRevisionThatTheRunHasToNameIsNoProblemBeforeIt() {
    var open = toRevision("$(args.revision)", WEB);

    assertThat(Scopes.now(executor.preflight(open, scope(web("app:v2"))))).isEmpty();
    assertThat(problem(next(open, scope(web("app:v2"))))).isEqualTo("ArgumentAbsent");
  }

  @Test
  void aRevisionThatThisActionPutBackIsNotLookedForAgain() {
    var back =
        Workloads.deployment("web", "app:v1")
            .editMetadata()
            .addToAnnotations(Annotations.MARK, "bs-run-1/back/apply/1/0")
            .endMetadata()
            .build();

    assertThat(next(toRevision("1", WEB), scope(back)).work()).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).isEmpty();
  }

  private static Deployment withSettings(String image) {
    return Workloads.deployment("web", image)
        .editSpec()
        .editTemplate()
        .editSpec()
        .addNewVolume()
        .withName("c")
        .withNewConfigMap()
        .withName("settings")
        .endConfigMap()
        .endVolume()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static ConfigMap settings(String mode) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("settings")
        .withUid("uid-settings")
        .withResourceVersion("5")
        .endMetadata()
        .addToData("mode", mode)
        .build();
  }

  /** Proven good with this image and this mode, at that time. */
  private StableRevision proven(String image, String mode, Instant at) {
    api.has(settings(mode));
    var running = stable.running("shop", List.of(WEB), Workloads.of(withSettings(image)));
    return kept(stable.now("shop", running), at);
  }

  private StableRevision kept(StableContent content, Instant at) {
    var revision = stable.keep(new Records.Owner("RollbackPlan", "shop", "web"), content, at);
    api.has(
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(revision.name())
            .endMetadata()
            .withRevision(1L)
            .withData(content)
            .build());
    return revision;
  }

  /** A run that began with this image and this mode. */
  private ActionScope began(
      String image, String mode, Instant troubleSince, List<StableRevision> known) {
    api.has(settings(mode));
    workloads.has(withSettings(image));
    var scope =
        Scopes.of(
            new PlanFacts(
                known,
                troubleSince,
                Optional.empty(),
                ItemAnswers.NONE,
                false,
                Optional.empty(),
                Optional.empty()));
    return scope.with().atStart(executor.atStart(toLastStable(true), scope)).build();
  }

  @Test
  void theNewestStableRevisionComesBackThatDiffersFromWhatRan() {
    var older = proven("app:v1", "good", PROVEN.minusSeconds(60));
    var same = proven("app:v2", "good", PROVEN);
    var scope = began("app:v2", "good", null, List.of(same, older));

    var change = (ObjectPatch) next(toLastStable(true), scope).effects().get(0);

    assertThat(image(change)).isEqualTo("app:v1");
    assertThat(Scopes.now(executor.pins(toLastStable(true), scope))).hasSize(1);
  }

  /** Somebody changes a ConfigMap, sees what it does, and starts a run. */
  @Test
  void whatAConfigMapIsAtTheStartOfARunIsReadAndNotBelieved() {
    // given
    var noTimePasses = new ConfigMaps(api.client(), Clock.fixed(PROVEN, ZoneOffset.UTC));
    var destinations =
        new Destinations(
            new StableRevisions(
                api.client(), noTimePasses, templates, new ImageDigests(api.client())),
            new Revisions(api.client(), templates),
            workloads);
    var scope = scope(withSettings("app:v1"));
    api.has(settings("good"));
    var before = destinations.atStart(toLastStable(true), scope);

    // when
    api.has(settings("broken"));

    // then
    assertThat(destinations.atStart(toLastStable(true), scope)).isPresent().isNotEqualTo(before);
  }

  @Test
  void whatWasProvenAfterTheTroubleBeganIsNotTrusted() {
    var older = proven("app:v0", "good", PROVEN.minusSeconds(60));
    var newer = proven("app:v1", "good", PROVEN);
    var known = List.of(newer, older);

    var scope = began("app:v2", "good", PROVEN, known);
    assertThat(image((ObjectPatch) next(toLastStable(true), scope).effects().get(0)))
        .isEqualTo("app:v0");

    var longAgo = began("app:v2", "good", PROVEN.minusSeconds(60), known);
    assertThat(Scopes.now(executor.preflight(toLastStable(true), longAgo)).get(0).message())
        .startsWith("None of the 2 stable revisions differs from what ran")
        .contains("and is older than");
  }

  @Test
  void withoutAnythingProvenThereIsNowhereToGo() {
    assertThat(Scopes.now(executor.preflight(toLastStable(true), scope(web("app:v2")))))
        .extracting(Problem::reason)
        .containsExactly("NoStableRevision");
    assertThat(Scopes.now(executor.pins(toLastStable(true), scope(web("app:v2"))))).isEmpty();
  }

  @Test
  void theConfigMapsComeBackFirstAndTheTemplatesWithTheNextStep() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known);

    var first = next(toLastStable(true), scope);
    assertThat(first.effects()).extracting(it -> it.target().kind()).containsExactly("ConfigMap");
    assertThat(((ObjectPatch) first.effects().get(0)).patch().toString())
        .contains("{\"mode\":\"good\"}");

    api.has(settings("good"));
    var second = next(toLastStable(true), scope);
    assertThat(second.effects()).extracting(it -> it.target().kind()).containsExactly("Deployment");
  }

  @Test
  void aPreviewShowsBothAtOnce() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known);

    assertThat(preview(toLastStable(true), scope).effects())
        .extracting(it -> it.target().kind())
        .containsExactly("ConfigMap", "Deployment");
  }

  @Test
  void podsReadAConfigMapThatCameBackOnlyWhenTheyAreRestarted() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v1", "broken", null, known);
    var marked = settings("good");
    marked.getMetadata().setAnnotations(Map.of(Annotations.MARK, "bs-run-1/back/apply/1/0"));
    api.has(marked);

    var change = (ObjectPatch) next(toLastStable(true), scope.of(1, applied(1))).effects().get(0);

    assertThat(change.summary())
        .isEqualTo("Deployment web: restart, so that it reads its ConfigMaps");
    assertThat(change.patch().toString()).contains(ended(1).toString());
    assertThat(change.edits()).extracting(Edit::inverse).containsExactly(Edit.Inverse.AGAIN);
  }

  /** So many effects reached their one target each, a second after the other. */
  private static List<EffectStatus> applied(int number) {
    return IntStream.rangeClosed(1, number)
        .mapToObj(
            i ->
                EffectStatusBuilder.builder()
                    .verb(Intent.Verb.Apply)
                    .number(i)
                    .attempt(1)
                    .targets(1)
                    .endedAt(ended(i))
                    .build())
        .toList();
  }

  private static Instant ended(int number) {
    return Scopes.SINCE.plusSeconds(number);
  }

  /** The ConfigMap as the action's effect of that number left it. */
  private static ConfigMap settingsBy(int number) {
    var settings = settings("good");
    settings
        .getMetadata()
        .setAnnotations(Map.of(Annotations.MARK, "bs-run-1/back/apply/%d/0".formatted(number)));
    return settings;
  }

  /** The Deployment as the action's second effect left it, with so many of its three new pods. */
  private static Deployment back(Instant restarted, int updated) {
    return withSettings("app:v1")
        .edit()
        .editMetadata()
        .addToAnnotations(Annotations.MARK, "bs-run-1/back/apply/2/0")
        .endMetadata()
        .editSpec()
        .editTemplate()
        .editMetadata()
        .addToAnnotations(Annotations.RESTARTED_AT, restarted.toString())
        .endMetadata()
        .endTemplate()
        .endSpec()
        .editStatus()
        .withUpdatedReplicas(updated)
        .endStatus()
        .build();
  }

  @Test
  void podsThatAreReplacedAnywayAreNotRestartedAgain() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known).of(1, applied(1));
    api.has(settingsBy(1));

    // when
    var change = (ObjectPatch) next(toLastStable(true), scope).effects().get(0);

    // then
    assertThat(image(change)).isEqualTo("app:v1");
    assertThat(template(change).toString()).contains(ended(1).toString());
    workloads.has(back(ended(1), 3));
    assertThat(next(toLastStable(true), scope.of(1, applied(2))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void whileItsPodsAreReplacedTheConfigMapsAreNotRead() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known).of(1, applied(2));
    api.has(settingsBy(1));
    workloads.has(back(ended(1), 1));
    var before = readsOfSettings();

    // when
    var step = next(toLastStable(true), scope);

    // then
    assertThat(step.work()).isInstanceOf(Work.Rolling.class);
    assertThat(readsOfSettings()).isEqualTo(before);
  }

  /** Pods may have read what somebody else wrote, so they are replaced once more. */
  @Test
  void whatSomebodyElseChangesMeanwhileIsFoundBeforeTheActionIsDone() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known).of(1, applied(2));
    api.has(settings("theirs"));
    workloads.has(back(ended(1), 3));

    // when
    var first = next(toLastStable(true), scope);

    // then
    assertThat(first.effects()).extracting(it -> it.target().kind()).containsExactly("ConfigMap");
    api.has(settingsBy(3));
    var second = next(toLastStable(true), scope.of(1, applied(3))).effects();
    assertThat(second).extracting(it -> it.target().kind()).containsExactly("Deployment");
    assertThat(((ObjectPatch) second.get(0)).patch().toString()).contains(ended(3).toString());
  }

  @Test
  void anotherTemplateIsNotWaitedFor() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known).of(1, applied(2));
    api.has(settingsBy(1));
    var theirs = back(ended(1), 1);
    theirs.getSpec().getTemplate().getSpec().getContainers().get(0).setImage("app:v3");
    workloads.has(theirs);

    // then
    assertThat(image((ObjectPatch) next(toLastStable(true), scope).effects().get(0)))
        .isEqualTo("app:v1");
  }

  @Test
  void aRollOutThatTakesMoreThanHalfOfTheTimeIsLookedAtClosely() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known).of(1, applied(2));
    api.has(settings("theirs"));
    workloads.has(back(ended(1), 1));

    // then
    assertThat(next(toLastStable(true), scope).work()).isInstanceOf(Work.Rolling.class);
    var late = ended(2).plus(scope.timeout().dividedBy(2));
    assertThat(next(toLastStable(true), scope.with().now(late).build()).effects())
        .extracting(it -> it.target().kind())
        .containsExactly("ConfigMap");
  }

  /** What was not reached has to be changed yet, whatever goes on elsewhere. */
  @Test
  void anEffectThatDidNotReachAllIsNotWaitedFor() {
    // given
    var known = List.of(proven("app:v1", "good", PROVEN));
    var refused =
        List.of(
            applied(1).get(0),
            applied(2)
                .get(1)
                .with()
                .targets(2)
                .results(
                    List.of(
                        EffectResultBuilder.builder()
                            .part(1)
                            .how(EffectResult.How.Refused)
                            .build()))
                .build());
    var scope = began("app:v2", "broken", null, known).of(1, refused);
    api.has(settingsBy(1));
    workloads.has(back(ended(1), 1));
    var before = readsOfSettings();

    // when
    next(toLastStable(true), scope);

    // then
    assertThat(readsOfSettings() - before).isEqualTo(1);
  }

  /** The first look at whether it is as it was is also the one at who changed it. */
  @Test
  void aLookReadsEachConfigMapOnce() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v1", "broken", null, known);
    api.has(settings("good"));
    var before = readsOfSettings();

    next(toLastStable(true), scope);

    assertThat(readsOfSettings() - before).isEqualTo(1);
  }

  private long readsOfSettings() {
    return api.asked().stream().filter(it -> it.path().endsWith("/configmaps/settings")).count();
  }

  @Test
  void configMapsStayAsTheyAreWherePlanSaysSo() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known);

    assertThat(next(toLastStable(false), scope).effects())
        .extracting(it -> it.target().kind())
        .containsExactly("Deployment");
    assertThat(executor.rights(toLastStable(false), scope))
        .extracting(right -> right.resource())
        .containsExactly("deployments");
    assertThat(executor.rights(toLastStable(true), scope))
        .extracting(right -> right.resource())
        .containsExactly("deployments", "configmaps");
  }

  @Test
  void aConfigMapThatCannotBeChangedIsSaid() {
    var known = List.of(proven("app:v1", "good", PROVEN));
    var scope = began("app:v2", "broken", null, known);
    var immutable = settings("broken");
    immutable.setImmutable(true);

    api.has(immutable);
    assertThat(problem(next(toLastStable(true), scope))).isEqualTo("ConfigMapUnchangeable");

    api.lose(immutable);
    assertThat(problem(next(toLastStable(true), scope))).isEqualTo("ConfigMapUnchangeable");
  }

  private static ActionScope beforeARun(ActionScope scope) {
    return scope
        .with()
        .holder(new Holder("RollbackPlan", "web", null, null, "back", "rollBack"))
        .build();
  }

  @Test
  void anImageThatPodsWaitForInVainIsAProblemBeforeARun() {
    // given
    var action = toImage("app", "app:v1");
    var scope = beforeARun(scope(web("app:v2")));
    api.has(WaitingPods.inVain("app:v1"));

    // then
    assertThat(Scopes.now(executor.preflight(action, scope)))
        .containsExactly(
            new Problem(
                "ImageNotPulled",
                "Image app:v1, which action back would roll back to, cannot be pulled: pod in-vain says ImagePullBackOff. Push it, give the pods a pull secret that may read it, or correct the plan."));
    assertThat(Scopes.now(executor.preflight(action, Scopes.of()))).as("in a run").isEmpty();
    assertThat(Scopes.now(executor.preflight(toImage("app", "app:v3"), scope))).isEmpty();

    // when
    api.has(WaitingPods.of("app:v1", "ContainerCreating"));

    // then
    assertThat(Scopes.now(executor.preflight(action, scope))).isEmpty();
  }

  private void pod(String name, String revision, boolean ready) {
    api.has(
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName(name)
            .addToLabels("controller-revision-hash", revision)
            .endMetadata()
            .withNewStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus(ready ? "True" : "False")
            .endCondition()
            .endStatus()
            .build());
  }

  @Test
  void podsOfAStatefulSetThatAreOldAndBrokenAreDeleted() {
    pod("db-0", "r2", false);
    pod("db-1", "r1", true);
    pod("db-2", "r1", false);
    var image = to(new To(null, null, List.of(new ContainerImage("app", "db:v1"))), DB);
    var rolling =
        Workloads.statefulSet("db", "db:v1")
            .editStatus()
            .withUpdateRevision("r2")
            .withUpdatedReplicas(0)
            .endStatus()
            .build();

    assertThat(next(image, scope(rolling)).effects())
        .extracting(it -> it.target().name())
        .containsExactly("db-2");
    assertThat(executor.rights(image, scope(rolling)))
        .extracting(right -> right.verb() + " " + right.resource())
        .containsExactly("patch statefulsets", "delete pods");
  }

  @Test
  void podsAreNotJudgedBeforeTheControllerSawTheChange() {
    pod("db-0", "r1", false);
    var image = to(new To(null, null, List.of(new ContainerImage("app", "db:v1"))), DB);
    var unseen =
        Workloads.statefulSet("db", "db:v1")
            .editStatus()
            .withObservedGeneration(6L)
            .endStatus()
            .build();

    assertThat(next(image, scope(unseen)).work()).isInstanceOf(Work.Rolling.class);
    assertThat(next(image, scope(unseen)).effects()).isEmpty();
  }

  // the schema that goes with the code

  private static final SchemaQuery MIGRATION =
      new SchemaQuery(new Ref("orders-db"), "SELECT max(version) FROM migrations", "10s");

  /** A run that began with v2, when v1 had been proven good with this schema. */
  private ActionScope migrated(String proven) {
    api.has(settings("good"));
    var running = stable.running("shop", List.of(WEB), Workloads.of(withSettings("app:v1")));
    var content = stable.now("shop", running).withSchema(proven);
    var revision = kept(content, PROVEN);
    var scope = began("app:v2", "good", null, List.of(revision));
    return scope.withFacts(scope.facts().withSchema(Optional.of(MIGRATION)));
  }

  private static RollBack toLastStable(OnSchemaChange onSchemaChange) {
    return new RollBack(List.of(WEB), new To(new LastStable(true), null, null), onSchemaChange);
  }

  private Optional<Work.Doubt> doubt(OnSchemaChange onSchemaChange, ActionScope scope) {
    return ((Work.ToDo) next(toLastStable(onSchemaChange), scope).work()).doubt();
  }

  @Test
  void theSchemaOfTheStableRevisionIsNoDoubt() {
    assertThat(doubt(OnSchemaChange.Ask, migrated("41"))).isEmpty();
  }

  @Test
  void anotherSchemaIsADoubtThatAHumanSettlesOrThatLeavesTheLevel() {
    schema = schema("42");
    var said =
        "Deployment web would go back to what ran with schema 41, and the database has schema 42"
            + " now. Put the schema back first, or see to it that the old code can do with the new"
            + " one.";

    assertThat(doubt(OnSchemaChange.Ask, migrated("41"))).contains(new Work.Doubt(said, false));
    assertThat(doubt(OnSchemaChange.NextLevel, migrated("41")))
        .contains(new Work.Doubt(said, true));
    assertThat(doubt(OnSchemaChange.Ignore, migrated("41"))).isEmpty();
    assertThat(next(toLastStable(OnSchemaChange.Ask), migrated("41")).effects())
        .as("it could be done")
        .hasSize(1);
  }

  /** No level is left out because of what nobody knows. */
  @Test
  void aSchemaThatIsNotKnownIsAlwaysAskedFor() {
    schema = CompletableFuture.completedStage(new Schema(null, "No route to the database."));
    assertThat(doubt(OnSchemaChange.NextLevel, migrated("41")))
        .hasValueSatisfying(
            it -> {
              assertThat(it.leavesLevel()).isFalse();
              assertThat(it.message()).endsWith("could not be asked: No route to the database.");
            });

    schema = schema("42");
    assertThat(doubt(OnSchemaChange.NextLevel, migrated(null)))
        .hasValueSatisfying(
            it -> {
              assertThat(it.leavesLevel()).isFalse();
              assertThat(it.message())
                  .contains("of which nobody recorded its schema; now it is 42");
            });
  }

  @Test
  void onceItHasBegunTheSchemaIsNotAskedForAnyMore() {
    schema = schema("42");
    var begun =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Apply)
            .number(1)
            .attempt(1)
            .targets(1)
            .endedAt(Scopes.SINCE)
            .build();

    assertThat(doubt(OnSchemaChange.Ask, migrated("41").of(1, List.of(begun)))).isEmpty();
    assertThat(doubt(OnSchemaChange.Ask, migrated("41").of(2, List.of(begun)))).isPresent();
  }

  @Test
  void withoutAQuestionForTheSchemaThereIsNoDoubt() {
    schema = schema("42");
    var scope = migrated("41");

    assertThat(
            doubt(OnSchemaChange.Ask, scope.withFacts(scope.facts().withSchema(Optional.empty()))))
        .isEmpty();
  }

  @Test
  void whoAsksTheDatabaseReadsItsSecret() {
    assertThat(executor.rights(toLastStable(OnSchemaChange.Ask), migrated("41")))
        .contains(new Right("get", "", "secrets", List.of("orders-db")));
    assertThat(executor.rights(toLastStable(OnSchemaChange.Ignore), migrated("41")))
        .doesNotContain(new Right("get", "", "secrets", List.of("orders-db")));
  }

  // what images are

  private ActionScope proven(String digest) {
    api.has(settings("good"));
    var running = stable.running("shop", List.of(WEB), Workloads.of(withSettings("app:v1")));
    var known = running.get(0).withDigests(Map.of("app:v1", digest));
    var revision = kept(stable.now("shop", List.of(known)), PROVEN);
    return began("app:v2", "good", null, List.of(revision));
  }

  @Test
  void whatIsApprovedNamesWhatTheImageStoodForWhenItWasProvenGood() {
    assertThat(Scopes.now(executor.pins(toImage("app", "app:v1"), proven("sha256:ab"))))
        .containsExactly("Deployment web: app:v1@sha256:ab");
    assertThat(Scopes.now(executor.pins(toLastStable(true), proven("sha256:ab"))))
        .hasSize(2)
        .contains("Deployment web: app:v1@sha256:ab");
  }

  @Test
  void anImageThatNeverWasProvenGoodIsItsName() {
    assertThat(Scopes.now(executor.pins(toImage("app", "app:v3"), proven("sha256:ab")))).isEmpty();
  }
}
