package dev.backstep.gitops;

import static dev.backstep.action.Scopes.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.action.Taken.Past;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.ObjectPatches;
import dev.backstep.problem.Problem;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How whoever deploys what a plan changes is held, by one plan or by several, and given back. */
class HoldDeployersTest {
  private static final GitOps SHOP = named("argoCD: [{application: shop, namespace: shop}]");
  private static final String HEALING = "{automated: {selfHeal: true, enabled: true}}";
  private static final String REFRESH = "argocd.argoproj.io/refresh";

  private final MemoryCluster cluster = new MemoryCluster();
  private final HoldDeployers executor = cluster.bean(HoldDeployers.class);
  private final ActionScope scope = Scopes.of();
  private int number;

  private static GitOps named(String yaml) {
    var plan =
        """
        serviceAccountName: runner
        gates: []
        levels: []
        gitOps: {%s}
        """;
    return PlanYaml.spec(plan.formatted(yaml)).gitOps();
  }

  private void application(String policy, String more) {
    cluster.given(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop, annotations: {team: shop}%s}
        spec: {source: {path: web}, syncPolicy: %s}
        %s
        """
            .formatted(more.startsWith(",") ? more : "", policy, more.startsWith(",") ? "" : more));
  }

  private void application(String policy) {
    application(policy, "");
  }

  private GenericKubernetesResource live() {
    return cluster.find(GenericKubernetesResource.class, "applications", "shop").orElseThrow();
  }

  private Object enabled() {
    return live().get("spec", "syncPolicy", "automated", "enabled");
  }

  private Map<String, String> annotations() {
    return live().getMetadata().getAnnotations();
  }

  /** Somebody else writes the Application. */
  private void becomes(String policy, String status, Map<String, String> annotations) {
    var text = new StringBuilder();
    annotations.forEach((key, value) -> text.append("%s: '%s', ".formatted(key, value)));
    cluster.given(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop, annotations: {%s}}
        spec: {source: {path: web}, syncPolicy: %s}
        status: %s
        """
            .formatted(text, policy, status));
  }

  private static List<ObjectPatch> patches(Step step) {
    return step.effects().stream().map(ObjectPatch.class::cast).toList();
  }

  private ObjectPatch sent(Step step, ActionScope by, Intent.Verb verb) {
    assertThat(step.work()).isInstanceOf(Work.ToDo.class);
    var patch = patches(step).get(0);
    var mark = new Mark(by.claim(), by.action(), verb, ++number, 0);
    var outcome =
        cluster
            .bean(ObjectPatches.class)
            .send(patch, mark, by.author(), cluster.clock().instant().plusSeconds(60));
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
    return patch;
  }

  private Hold held(ActionScope by) {
    return sent(now(executor.next(SHOP, by)), by, Intent.Verb.Apply).takes();
  }

  private static ActionScope knowing(ActionScope scope, Hold hold) {
    return scope.withHolds(List.of(hold));
  }

  /** Another plan, in another namespace. */
  private static ActionScope other(ActionScope scope) {
    var holder = scope.holder().with().name("api").run("INC-2").claim("bs-run-2").build();
    return scope.withHolder(holder);
  }

  private Step back(GitOps gitOps, Hold hold, ActionScope by) {
    return now(
        executor.back(
            gitOps,
            new Taken(List.of(hold), NOTHING, by.author(), cluster.bean(Reversals.class)),
            by));
  }

  private static final Past NOTHING =
      new Past() {
        @Override
        public List<Sent<?>> applied() {
          return List.of();
        }

        @Override
        public List<Sent<?>> back() {
          return List.of();
        }
      };

  /** Argo CD was asked to compare, and did; then it is looked again. */
  private Step compared(Hold hold, ActionScope by, String status) {
    var asked = sent(back(SHOP, hold, by), by, Intent.Verb.Release);
    assertThat(asked.summary())
        .isEqualTo("Application shop/shop: compare what runs with what Git has");
    assertThat(annotations()).containsEntry(REFRESH, "normal");
    assertThat(back(SHOP, hold, by).work()).isInstanceOf(Work.Rolling.class);
    var annotations = new TreeMap<>(annotations());
    annotations.remove(REFRESH);
    becomes("{automated: {selfHeal: true, enabled: false}}", status, annotations);
    var effect =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Release)
            .number(number)
            .attempt(1)
            .targets(1)
            .build();
    return back(SHOP, hold, by.withSent(List.of(effect)));
  }

  private static final String SYNCED = "{sync: {status: Synced}}";

  @Test
  void itIsSwitchedOffAndTheValueOfBeforeIsWrittenDown() {
    // given
    application(HEALING);

    // when
    var hold = held(scope);

    // then
    assertThat(enabled()).isEqualTo(false);
    assertThat(annotations())
        .containsEntry("backstep.dev/held-value", "true")
        .containsValue("RollbackPlan:shop:web/INC-1/back/0/2026-11-21T12:01:00Z");
    assertThat(hold.target()).isEqualTo("Application shop");
    assertThat(now(executor.next(SHOP, knowing(scope, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void aLaterActionOfTheSameRunTakesNoHoldOfItsOwn() {
    // given
    application(HEALING);
    var hold = held(scope);
    var later = knowing(scope.withHolder(scope.holder().withAction("later")), hold);

    // when, then
    assertThat(now(executor.next(SHOP, later)).work()).isInstanceOf(Work.Observed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{automated: {enabled: false}}"})
  void whatDoesNothingByItselfIsNotHeld(String policy) {
    // given
    application(policy);

    // when, then
    assertThat(now(executor.next(SHOP, scope)).work()).isInstanceOf(Work.Observed.class);
  }

  @Test
  void anOperationThatRunsIsEndedAndWaitedFor() {
    // given
    application(HEALING, "status: {operationState: {phase: Running}}");

    // when
    var hold = held(scope);

    // then
    var phase = live().get("status", "operationState", "phase");
    assertThat(phase).isEqualTo("Terminating");
    assertThat(now(executor.next(SHOP, knowing(scope, hold))).work())
        .isInstanceOf(Work.Rolling.class);
    becomes("{automated: {enabled: false}}", "{operationState: {phase: Failed}}", annotations());
    assertThat(now(executor.next(SHOP, knowing(scope, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void anOperationOfOneThatIsOffIsEndedAndNothingIsHeld() {
    // given
    application("{}", "status: {operationState: {phase: Running}}");

    // when
    var patch = sent(now(executor.next(SHOP, scope)), scope, Intent.Verb.Apply);

    // then
    assertThat(patch.takes()).isNull();
    assertThat(patch.summary()).contains("what it has going on is ended");
  }

  @Test
  void anOperationThatBeginsIsWaitedFor() {
    // given
    application("{}", "operation: {sync: {}}");

    // when, then
    assertThat(now(executor.next(SHOP, scope)).work())
        .isInstanceOf(Work.Rolling.class)
        .extracting(Work::message)
        .asString()
        .contains("an operation of it is not over yet");
  }

  @Test
  void whoSwitchesItOnAgainIsNamed() {
    // given
    application(HEALING);
    var hold = held(scope);
    becomes(HEALING, "{}", annotations());

    // when
    var step = now(executor.next(SHOP, knowing(scope, hold)));

    // then
    assertThat(step.work()).isInstanceOf(Work.ToDo.class);
    assertThat(((Work.ToDo) step.work()).changedBack()).isEqualTo(1);
    assertThat(step.work().message())
        .contains("Somebody else, such as an ApplicationSet, switched on again");
  }

  @Test
  void whetherSomebodyAboveSwitchesItOnAgainIsSeenForTenSeconds() {
    // given
    var set = ", ownerReferences: [{apiVersion: v1, kind: ApplicationSet, name: all, uid: u}]";
    application(HEALING, set);
    var hold = held(scope);

    // when
    var soon = now(executor.next(SHOP, knowing(scope, hold)));
    var later = scope.withNow(scope.now().plus(Duration.ofSeconds(10)));

    // then
    assertThat(soon.work()).isInstanceOf(Work.Rolling.class);
    assertThat(soon.work().message()).contains("ApplicationSet all");
    assertThat(now(executor.next(SHOP, knowing(later, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void whatRunsIsComparedWithGitBeforeItIsSwitchedOn() {
    // given
    application(HEALING);
    var hold = held(scope);

    // when
    var step = compared(hold, scope, SYNCED);

    // then
    assertThat(((Work.ToDo) step.work()).doubt()).isEmpty();
    var patch = sent(step, scope, Intent.Verb.Release);
    assertThat(patch.givesBack()).isEqualTo(hold);
    assertThat(enabled()).isEqualTo(true);
    assertThat(annotations()).containsOnlyKeys("team", "backstep.dev/mark");
  }

  /** The mark of what a later run sends has its own claim. */
  @Test
  void aLaterRunThatTookTheHoldOverAsksOnce() {
    // given
    application(HEALING);
    var hold = held(scope);
    var later = scope.withHolder(scope.holder().withClaim("bs-run-3"));

    // when
    var step = compared(hold, later, SYNCED);

    // then
    assertThat(patches(step)).extracting(ObjectPatch::givesBack).containsExactly(hold);
  }

  @Test
  void whoAnswersRetryHasItAskedAgain() {
    // given
    application(HEALING);
    var hold = held(scope);
    compared(hold, scope, "{sync: {status: OutOfSync}}");
    var first =
        EffectStatusBuilder.builder()
            .verb(Intent.Verb.Release)
            .number(number)
            .attempt(1)
            .targets(1)
            .build();

    // when
    var again = back(SHOP, hold, scope.withSent(List.of(first)).withAttempt(2));

    // then
    assertThat(again.work().message()).contains("compare what runs with what Git has");
  }

  @Test
  void whatGitWouldDeployAgainIsSaid() {
    // given
    application(HEALING);
    var hold = held(scope);

    // when
    var step =
        compared(
            hold,
            scope,
            "{sync: {status: OutOfSync}, resources: [{kind: Deployment, name: web, status: OutOfSync}, {kind: Service, name: web, status: Synced}]}");

    // then
    assertThat(((Work.ToDo) step.work()).doubt())
        .hasValueSatisfying(
            doubt ->
                assertThat(doubt.message())
                    .isEqualTo(
                        "Application shop/shop was not switched on: Git has something else for Deployment web, which would be deployed again. Have Git say what is to run, and answer Retry; or answer Proceed."));
  }

  /** The value comes back that was there before the first of them, when the last one lets go. */
  @Test
  void theLastOfSeveralPlansSwitchesItOn() {
    // given
    application("{automated: {selfHeal: true}}");
    var first = held(scope);
    var second = held(other(scope));
    openRun("web", "bs-run-1");
    openRun("api", "bs-run-2");

    // when
    var kept = sent(back(SHOP, first, scope), scope, Intent.Verb.Release);

    // then
    assertThat(kept.summary()).contains("stays off for run INC-2 of RollbackPlan shop:api");
    assertThat(enabled()).isEqualTo(false);
    sent(compared(second, other(scope), SYNCED), other(scope), Intent.Verb.Release);
    assertThat(enabled()).isNull();
    assertThat(annotations()).containsOnlyKeys("team", "backstep.dev/mark");
  }

  private void openRun(String plan, String claim) {
    cluster.given(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: %1$s, uid: 'uid-%1$s'}
        spec: {serviceAccountName: runner, gates: [], levels: []}
        status: {run: {id: INC, uid: 'run-%1$s', claim: %2$s, active: true, phase: Acting, seq: 1, levels: []}}
        """
            .formatted(plan, claim));
  }

  @Test
  void whoDoesNotExistAnyMoreIsNamedWithTheCommandThatDropsIt() {
    // given
    application(HEALING);
    var first = held(scope);
    held(other(scope));

    // when
    var step = back(SHOP, first, scope);

    // then
    assertThat(step.work()).isInstanceOf(Work.Impossible.class);
    assertThat(step.work().message())
        .contains(
            "is kept off by run INC-2 of RollbackPlan shop:api",
            "kubectl -n shop annotate applications.argoproj.io shop backstep.dev/held-by.bs-run-2.");
  }

  @Test
  void anEntryThatSomebodyTookAwayIsNotGuessedAbout() {
    // given
    application(HEALING);
    var hold = held(scope);
    becomes("{automated: {enabled: false}}", SYNCED, Map.of("team", "shop"));

    // when
    var step = back(SHOP, hold, scope);

    // then
    assertThat(step.work()).isInstanceOf(Work.Impossible.class);
    assertThat(step.work().message())
        .contains(
            "kubectl -n shop patch applications.argoproj.io shop --type merge -p '{\"spec\":{\"syncPolicy\":{\"automated\":{\"enabled\":null}}}}'");
  }

  @Test
  void whatSomebodySwitchedOnMeanwhileIsLeftSo() {
    // given
    application(HEALING);
    var hold = held(scope);
    becomes(HEALING, SYNCED, annotations());

    // when
    var patch = sent(back(SHOP, hold, scope), scope, Intent.Verb.Release);

    // then
    assertThat(patch.summary()).contains("somebody else switched it on meanwhile");
    assertThat(enabled()).isEqualTo(true);
    assertThat(annotations()).containsOnlyKeys("team", "backstep.dev/mark");
  }

  @Test
  void whatIsGoneIsGivenBack() {
    // given
    application(HEALING);
    var hold = held(scope);
    cluster.client().resource(live()).delete();

    // when
    var step = back(SHOP, hold, scope);

    // then
    assertThat(patches(step).get(0).givesBack()).isEqualTo(hold);
  }

  @Test
  void fluxIsSuspendedAndSaysNothingOfWhatRuns() {
    // given
    var flux = named("flux: [{kind: Kustomization, name: shop, namespace: shop}]");
    cluster.given(
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: shop, annotations: {team: shop}}
        spec: {interval: 10m}
        status: {lastAttemptedRevision: 'main@sha1:4f2a'}
        """);

    // when
    var hold = sent(now(executor.next(flux, scope)), scope, Intent.Verb.Apply).takes();

    // then
    assertThat(suspended()).isEqualTo(true);
    var back = back(flux, hold, scope);
    assertThat(((Work.ToDo) back.work()).doubt().orElseThrow().message())
        .isEqualTo(
            "Kustomization shop/shop was not switched on: what Git has by now is applied then (it was main@sha1:4f2a last), and Flux does not say whether that is what runs. Have Git say what is to run, and answer Retry; or answer Proceed.");
    sent(back, scope, Intent.Verb.Release);
    assertThat(suspended()).isNull();
  }

  private static final GitOps FLUX =
      named("flux: [{kind: Kustomization, name: shop, namespace: shop}]");

  private void kustomization(String name, String metadata, String spec, String status) {
    cluster.given(
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: %s, annotations: {team: shop}%s}
        spec: {interval: 10m%s}
        status: {%s}
        """
            .formatted(name, metadata, spec, status));
  }

  private static String progress(String reason, String message) {
    return "conditions: [{type: Ready, status: Unknown}, {type: Reconciling, status: 'True', reason: %s, message: '%s'}]"
        .formatted(reason, message);
  }

  /** Suspended, it still applies what it has built. */
  @Test
  void aRoundThatHasBegunIsWaitedForButNotForLong() {
    // given
    kustomization("shop", "", "", progress("Progressing", "Detecting drift for revision main"));

    // when
    var hold = sent(now(executor.next(FLUX, scope)), scope, Intent.Verb.Apply).takes();

    // then
    var waits = now(executor.next(FLUX, knowing(scope, hold)));
    assertThat(waits.work()).isInstanceOf(Work.Rolling.class);
    assertThat(waits.work().message()).contains("Detecting drift for revision main");
    var later = scope.withNow(scope.now().plus(Duration.ofSeconds(30)));
    assertThat(now(executor.next(FLUX, knowing(later, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "ProgressingWithRetry,Detecting drift for revision main",
    "Progressing,Running health checks for revision main"
  })
  void aRoundThatChangesNothingAnyMoreIsNotWaitedFor(String reason, String message) {
    // given
    kustomization("shop", "", "", progress(reason, message));
    var hold = sent(now(executor.next(FLUX, scope)), scope, Intent.Verb.Apply).takes();

    // when, then
    assertThat(now(executor.next(FLUX, knowing(scope, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  @Test
  void anUpgradeOfAHelmReleaseIsWaitedFor() {
    // given
    var flux = named("flux: [{kind: HelmRelease, name: shop, namespace: shop}]");
    cluster.given(
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: shop}
        spec: {interval: 10m}
        status: {%s}
        """
            .formatted(progress("Progressing", "Running upgrade action with timeout of 5m0s")));
    var hold = sent(now(executor.next(flux, scope)), scope, Intent.Verb.Apply).takes();

    // when, then
    assertThat(now(executor.next(flux, knowing(scope, hold))).work().message())
        .contains("HelmRelease shop/shop", "Running upgrade action");
  }

  private static final String MADE =
      ", labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: shop}";

  private static final String KEPT =
      MADE
          + ", managedFields: [{manager: kustomize-controller, operation: Apply, fieldsV1: {'f:spec': {'f:suspend': {}}}}]";

  private Step madeBy(String parent, GitOps gitOps) {
    kustomization("shop", KEPT, ", suspend: false", "");
    kustomization("apps", "", parent, "");
    return now(executor.next(gitOps, scope));
  }

  @Test
  void aSwitchThatIsInGitIsNotTaken() {
    // when
    var step = madeBy("", FLUX);

    // then
    assertThat(step.work())
        .isEqualTo(
            new Work.Contested(
                "Kustomization shop/shop is itself made by Kustomization shop/apps, which has /spec/suspend in Git and would put that back with its next round. Take it out of Git there, or name that one too, in spec.gitOps.flux (kind: Kustomization, name: apps, namespace: shop)."));
  }

  @Test
  void aSwitchThatIsInGitIsTakenWhereNobodyAppliesThat() {
    // given
    var both =
        named(
            "flux: [{kind: Kustomization, name: shop, namespace: shop}, {kind: Kustomization, name: apps, namespace: shop}]");

    // when, then
    assertThat(patches(madeBy(", suspend: true", FLUX))).hasSize(1);
    assertThat(patches(madeBy("", both))).hasSize(2);
  }

  /** Whoever applies it leaves alone what Git does not say; nothing has to be proven. */
  @Test
  void aSwitchThatIsNotInGitIsTakenAtOnce() {
    // given
    kustomization("shop", MADE, "", "");
    kustomization("apps", "", "", "");

    // when
    var hold = sent(now(executor.next(FLUX, scope)), scope, Intent.Verb.Apply).takes();

    // then
    assertThat(now(executor.next(FLUX, knowing(scope, hold))).work())
        .isInstanceOf(Work.Observed.class);
  }

  private Object suspended() {
    return cluster
        .find(GenericKubernetesResource.class, "kustomizations", "shop")
        .orElseThrow()
        .get("spec", "suspend");
  }

  @Test
  void whatIsAbsentOrHiddenIsAProblemBeforeTheLevelActs() {
    // given
    var absent = now(executor.preflight(SHOP, scope));
    var step = now(executor.next(SHOP, scope));
    cluster.refuse("GET", "applications/shop", 403, "Forbidden", "you may not");

    // when
    var hidden = now(executor.preflight(SHOP, scope));

    // then
    assertThat(absent).extracting(Problem::reason).containsExactly("DeployerAbsent");
    assertThat(step.work()).isInstanceOf(Work.Impossible.class);
    assertThat(hidden)
        .containsExactly(
            new Problem(
                "DeployerNotSeen",
                "The operator may not see Application shop/shop: you may not. Give it the right to get applications.argoproj.io in namespace shop."));
  }

  @Test
  void theRightIsAskedForWhereTheApplicationIs() {
    assertThat(executor.rights(named("argoCD: [{application: shop, namespace: ci}]"), scope))
        .containsExactly(
            new Right("patch", "argoproj.io", "applications", List.of("shop")).in("ci"));
  }
}
