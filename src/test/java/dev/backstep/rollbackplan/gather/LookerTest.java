package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.action.restart.RestartExecutor;
import dev.backstep.action.scale.ScaleExecutor;
import dev.backstep.action.setconfig.SetConfigExecutor;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.JobAction;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EarlierAction;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.cluster.Annotations;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Images;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which action is asked for what is left, in each phase. */
class LookerTest {
  private static final String EARLIER = "bs-run-earlier";
  private static final RollbackPlanSpec PLAN =
      PlanYaml.spec(
          """
          serviceAccountName: runner
          gates: []
          levels:
          - name: quiet
            actions:
            - {name: stop, scale: {workloads: [{kind: Deployment, name: worker}], replicas: 0}}
            - name: flag
              holdUntil: LevelActed
              setConfig:
                configMap: {name: settings, data: {safe: 'on'}}
                restart: None
            - {name: renew, restart: {workloads: [{kind: Deployment, name: web}]}}
            - name: drain
              job:
                effect: Hold
                destructive: false
                run: {image: drain, timeout: 1m}
                undo: {image: fill, timeout: 1m}
          """);
  private static final List<String> NAMES =
      PLAN.levels().get(0).actions().stream().map(Action::name).toList();

  private final MemoryCluster cluster = new MemoryCluster();
  private final PastWorld past = new PastWorld(cluster);
  private final List<ActionScope> asked = new ArrayList<>();
  private final List<Taken> takenBack = new ArrayList<>();
  private Step stillGoing = Step.done("nothing.");

  /** A program that always goes on, and remembers how it is asked to take back. */
  private final class Program implements ActionExecutor<JobAction> {
    @Override
    public Class<JobAction> type() {
      return JobAction.class;
    }

    @Override
    public Traits traits(JobAction action) {
      return Traits.HOLD;
    }

    @Override
    public CompletionStage<Step> next(JobAction action, ActionScope scope) {
      return Step.done("runs.").now();
    }

    @Override
    public Step stop(JobAction action, ActionScope scope) {
      return Step.done("stopped.");
    }

    @Override
    public CompletionStage<Step> back(JobAction action, Taken taken, ActionScope scope) {
      asked.add(scope);
      takenBack.add(taken);
      return Step.done("filled.").now();
    }

    @Override
    public Step comingBack(JobAction action, ActionScope scope) {
      return stillGoing;
    }
  }

  private Looker looker() {
    var actions =
        new Actions(
            List.of(
                cluster.bean(ScaleExecutor.class),
                cluster.bean(SetConfigExecutor.class),
                cluster.bean(RestartExecutor.class),
                new Program()));
    return new Looker(
        actions,
        cluster.bean(Owners.class),
        cluster.bean(PlanClaims.class),
        cluster.bean(Images.class),
        cluster.bean(Reversals.class),
        new ComingBack(actions, cluster.bean(RollOuts.class)));
  }

  @BeforeEach
  void workloads() {
    Stream.of("worker", "api", "web").forEach(name -> rolledOut(name, 2));
    settings("off");
  }

  private void settings(String safe) {
    cluster.given(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {safe: '%s'}
        """
            .formatted(safe));
  }

  private void rolledOut(String name, int replicas) {
    deployment(name, replicas, replicas);
  }

  /** So many pods of two are available. */
  private void deployment(String name, int replicas, int available) {
    cluster.given(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec: {containers: [{name: app, image: 'app:v1'}]}
        status:
          {observedGeneration: 99, replicas: %2$d, updatedReplicas: %2$d,
           readyReplicas: %3$d, availableReplicas: %3$d}
        """
            .formatted(name, replicas, available));
  }

  private static RunStatusBuilder in(Phase phase, ActionStatus... actions) {
    var level = LevelStatus.waiting("quiet").withActions(List.of(actions));
    return RunStatusBuilder.builder()
        .id("INC-2")
        .uid("u")
        .claim(PastWorld.CLAIM)
        .phase(phase)
        .level(0)
        .levels(List.of(level));
  }

  private static RunStatusBuilder at(String action) {
    return in(Phase.Acting).action(NAMES.indexOf(action));
  }

  private static RunStatusBuilder allActed() {
    return in(Phase.Acting).action(NAMES.size());
  }

  private RunSnapshot snapshot(RunStatusBuilder run, List<Hold> holds) {
    return RunSnapshotBuilder.builder()
        .now(cluster.clock().instant())
        .plan(PLAN)
        .run(run.build())
        .holds(holds)
        .build();
  }

  private Optional<Step> look(RunStatusBuilder run, Hold... holds) {
    return look(run, List.of(holds));
  }

  private Optional<Step> look(RunStatusBuilder run, List<Hold> holds) {
    return looker()
        .look(snapshot(run, holds), action -> past.scope(action, PastWorld.CLAIM))
        .map(step -> step.toCompletableFuture().join());
  }

  private static String said(Optional<Step> step) {
    return step.orElseThrow().effects().stream()
        .map(Effect::summary)
        .collect(Collectors.joining("; "));
  }

  private static Work work(Optional<Step> step) {
    return step.orElseThrow().work();
  }

  private ActionStatus done(String action) {
    return past.done(PLAN, action, PastWorld.CLAIM);
  }

  private static EffectStatus effect(Intent.Verb verb, int number, int attempt) {
    return EffectStatusBuilder.builder()
        .verb(verb)
        .number(number)
        .attempt(attempt)
        .targets(1)
        .build();
  }

  // Acting

  @Test
  void theActionThatTheRunIsAtIsAsked() {
    assertThat(said(look(at("stop")))).isEqualTo("Deployment worker: 2 -> 0 replicas");
    assertThat(said(look(at("flag")))).isEqualTo("ConfigMap settings: safe=on");
    assertThat(said(look(at("renew")))).isEqualTo("Deployment web: restart all pods");
  }

  @Test
  void whileAnEffectIsUnderWayNothingIsAsked() {
    var intent = IntentBuilder.builder().verb(Intent.Verb.Apply).action("stop").build();

    assertThat(look(at("stop").intent(intent))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"Acting", "Aborting", "Soaking", "Releasing", "Undoing"})
  void inOtherPhasesNothingIsAsked(Phase phase) {
    // given
    var status = done("flag");

    // when
    var step = look(in(phase, status).action(0), past.holds());

    // then
    assertThat(step).isEmpty();
  }

  @Test
  void onlyWhatIsNotSharedIsMarkedAsTheRunsOwn() {
    assertThat(owner(look(at("renew")))).isEqualTo(PastWorld.CLAIM);
    assertThat(owner(look(at("stop")))).isEmpty();
  }

  private static String owner(Optional<Step> step) {
    var patch = ((ObjectPatch) step.orElseThrow().effects().get(0)).patch();
    return patch.findValuesAsText("path").stream()
        .filter(path -> path.endsWith("/backstep.dev~1owner"))
        .map(path -> patch.get(patch.findValuesAsText("path").indexOf(path)).path("value").asText())
        .collect(Collectors.joining());
  }

  @Test
  void whatAnotherOpenRunOwnsIsWaitedFor() {
    // given
    cluster.given(
        """
        apiVersion: backstep.dev/v1alpha1
        kind: RollbackPlan
        metadata: {name: other}
        spec: {serviceAccountName: runner, gates: [], levels: []}
        status:
          run: {id: INC-0, uid: u, claim: bs-run-other, active: true, phase: Acting, seq: 3, levels: []}
        """);
    cluster
        .client()
        .apps()
        .deployments()
        .inNamespace(MemoryCluster.NAMESPACE)
        .withName("web")
        .edit(
            web -> {
              web.getMetadata().setAnnotations(Map.of(Annotations.OWNER, "bs-run-other"));
              return web;
            });

    // then
    assertThat(work(look(at("renew")))).isInstanceOf(Work.Owned.class);
  }

  /** What the action changed before, and somebody changed back, is counted. */
  @Test
  void whatSomebodyChangedBackIsKnownByTheActionsMark() {
    // given
    done("flag");
    cluster
        .client()
        .configMaps()
        .inNamespace(MemoryCluster.NAMESPACE)
        .withName("settings")
        .edit(
            settings -> {
              settings.getData().put("safe", "off");
              return settings;
            });

    // then
    assertThat(work(look(at("flag"))))
        .isInstanceOfSatisfying(
            Work.ToDo.class, todo -> assertThat(todo.changedBack()).isEqualTo(1));
  }

  /** As a restore does with those whom it kept off: the mark is the action's own. */
  @Test
  void whatTheActionGivesBackItselfNobodyChangedBack() {
    // given
    var step = look(in(Phase.Releasing, done("stop")), past.holds());

    // when
    var owned =
        cluster
            .bean(Owners.class)
            .own(step.orElseThrow(), MemoryCluster.NAMESPACE, PastWorld.CLAIM, "stop", false);

    // then
    assertThat(said(Optional.of(owned))).isEqualTo("Deployment worker: 0 -> 2 replicas");
    assertThat(owned.work())
        .isInstanceOfSatisfying(Work.ToDo.class, todo -> assertThat(todo.changedBack()).isZero());
  }

  @Test
  void afterTheLastActionWhatWasHeldForTheLevelIsGivenBack() {
    // given
    var status = done("flag");

    // when
    var step = look(allActed().levels(in(Phase.Acting, status).levels()), past.holds());

    // then
    assertThat(work(step)).isInstanceOf(Work.ToDo.class);
    assertThat(said(step)).contains("ConfigMap settings");
  }

  @Test
  void whatIsHeldUntilTheReleaseStaysAfterTheLastAction() {
    // given
    var status = done("stop");

    // when
    var step = look(allActed().levels(in(Phase.Acting, status).levels()), past.holds());

    // then
    assertThat(step).isEmpty();
  }

  // Aborting

  private static RunStatusBuilder aborting(String action) {
    return in(Phase.Aborting).action(NAMES.indexOf(action));
  }

  @Test
  void whatGoesOnIsStoppedWhenTheRunIsAborted() {
    assertThat(look(aborting("drain"))).contains(Step.done("stopped."));
    assertThat(look(aborting("renew"))).contains(Step.done("nothing goes on."));
  }

  /** Whatever follows: the next action, the next level, a question. */
  @Test
  void whatAnActionHasGoingOnThatDidNotEndWellIsStopped() {
    var failed = succeeded("drain").withOutcome(Outcome.Failed);
    var drained = succeeded("drain").withOutcome(Outcome.Unknown);

    assertThat(look(only("drain", failed))).contains(Step.done("stopped."));
    assertThat(look(only("drain", drained).leaving(Choice.NextLevel)))
        .contains(Step.done("stopped."));
    assertThat(look(only("drain", drained))).isNotEqualTo(Optional.of(Step.done("stopped.")));
  }

  /** The run is at this action, and knows of no other. */
  private static RunStatusBuilder only(String action, ActionStatus status) {
    var before = NAMES.subList(0, NAMES.indexOf(action)).stream().map(LookerTest::succeeded);
    var actions = Stream.concat(before, Stream.of(status)).toArray(ActionStatus[]::new);
    return in(Phase.Acting, actions).action(NAMES.indexOf(action));
  }

  @Test
  void whereNoActionIsUnderWayNothingIsStopped() {
    assertThat(look(aborting("drain").level(null))).as("before the first level").isEmpty();
    assertThat(look(aborting("drain").action(null))).as("entering").isEmpty();
    assertThat(look(aborting("drain").action(NAMES.size()))).as("all acted").isEmpty();
  }

  // Soaking

  private Optional<Step> soaking(ActionStatus... actions) {
    return look(in(Phase.Soaking, actions).action(NAMES.size()));
  }

  private static ActionStatus succeeded(String action) {
    return ActionStatus.begun(action, null)
        .with()
        .outcome(Outcome.Succeeded)
        .sent(List.of(effect(Intent.Verb.Apply, 1, 1)))
        .build();
  }

  @Test
  void whatSomebodyElseChangedBackIsFoundWhileSoaking() {
    assertThat(overwritten(soaking(succeeded("stop"))).actions()).containsExactly("stop");

    var both = overwritten(soaking(succeeded("stop"), succeeded("renew")));
    assertThat(both.actions()).containsExactly("stop", "renew");
    assertThat(both.message()).contains("Deployment worker", "Deployment web");
  }

  private static Work.Overwritten overwritten(Optional<Step> step) {
    return (Work.Overwritten) step.orElseThrow().work();
  }

  @Test
  void whatIsStillSoIsNotOverwritten() {
    // given
    rolledOut("worker", 0);

    // then
    assertThat(overwritten(soaking(succeeded("stop"), succeeded("renew"))).actions())
        .containsExactly("renew");
  }

  @Test
  void whatDidNotSucceedIsNotOverwritten() {
    var failed = succeeded("stop").withOutcome(Outcome.Failed);
    var nothing = succeeded("renew").withSent(List.of());
    var onlyUndone = succeeded("renew").withSent(List.of(effect(Intent.Verb.Undo, 1, 1)));

    assertThat(soaking(failed, nothing)).contains(Step.done("There is nothing to do."));
    assertThat(soaking(onlyUndone)).contains(Step.done("There is nothing to do."));
    assertThat(soaking()).contains(Step.done("There is nothing to do."));
  }

  @Test
  void aLevelThatBeganNothingIsNotOverwritten() {
    var level = List.of(LevelStatus.waiting("quiet"));

    assertThat(look(in(Phase.Soaking).levels(level)))
        .contains(Step.done("There is nothing to do."));
  }

  @Test
  void whatWasHeldForTheLevelOnlyIsNotSetAgainWhileSoaking() {
    assertThat(soaking(succeeded("flag"))).contains(Step.done("There is nothing to do."));
  }

  // Releasing

  @Test
  void theLastHoldIsGivenBackFirst() {
    // given
    var stop = done("stop");
    cluster.pass(Duration.ofSeconds(1));
    var flag = done("flag");

    // when
    var last = look(in(Phase.Releasing, stop, flag), past.holds());
    var first = look(in(Phase.Releasing, stop, flag), past.holds().get(0));

    // then
    assertThat(said(last)).contains("ConfigMap settings").doesNotContain("worker");
    assertThat(said(first)).isEqualTo("Deployment worker: 0 -> 2 replicas");
  }

  /** The plan may have other actions by now, and its own of that name. */
  @Test
  void theHoldOfAnEarlierRunIsGivenBackByThePlanOfItsClaim() {
    // given
    var before =
        PlanYaml.spec(
            """
            serviceAccountName: runner
            gates: []
            levels:
            - name: old
              actions:
              - name: stop
                setConfig:
                  configMap: {name: settings, data: {safe: 'old'}}
                  restart: None
            """);
    past.claimed(before, EARLIER);
    var status = past.done(before, "stop", EARLIER);
    var run = in(Phase.Releasing).earlier(List.of(new EarlierAction(EARLIER, status)));

    // then
    assertThat(work(look(run, past.holds()))).isInstanceOf(Work.ToDo.class);
    assertThat(said(look(run, past.holds()))).contains("ConfigMap settings");
  }

  private static Hold hold(String claim, String action) {
    return new Hold(
        "INC-1", claim, action, "scale", "Deployment", "worker", "2", "0", Instant.EPOCH);
  }

  @Test
  void aHoldOfWhichTheRecordIsLostIsGivenBackByAHuman() {
    assertThat(work(look(in(Phase.Releasing), hold(EARLIER, "stop"))))
        .isEqualTo(
            new Work.Impossible(
                "RecordLost",
                "the record of run INC-1, which holds Deployment worker, was deleted, so nobody knows how it is given back. Do it by hand (it was 2)."));
  }

  @Test
  void aHoldOfAnActionThatNobodyKnowsIsGivenBackByAHuman() {
    // given
    past.claimed(PLAN, EARLIER);

    // then
    assertThat(work(look(in(Phase.Releasing), hold(EARLIER, "other"))))
        .isInstanceOfSatisfying(
            Work.Impossible.class, it -> assertThat(it.reason()).isEqualTo("RecordLost"));
    assertThat(work(look(in(Phase.Releasing), hold(PastWorld.CLAIM, "other"))))
        .isInstanceOf(Work.Impossible.class);
  }

  @Test
  void aHoldOfWhichTheImageIsLostIsGivenBackByAHuman() {
    // given
    var status = done("flag");
    cluster
        .client()
        .apps()
        .controllerRevisions()
        .inNamespace(MemoryCluster.NAMESPACE)
        .withName(status.sent().get(0).images().get(0))
        .delete();

    // then
    assertThat(work(look(in(Phase.Releasing, status), past.holds())))
        .isInstanceOfSatisfying(
            Work.Impossible.class,
            it -> {
              assertThat(it.reason()).isEqualTo("ImageLost");
              assertThat(it.message()).contains("its effect 1 replaced is not known");
            });
  }

  @Test
  void whoGivesBackKnowsWhatWasSentAndInWhichAttempt() {
    // given
    var sent = List.of(effect(Intent.Verb.Apply, 1, 2), effect(Intent.Verb.Release, 1, 2));
    var status = ActionStatus.begun("drain", null).with().attempt(2).sent(sent).build();
    var held = hold(PastWorld.CLAIM, "drain");

    // when
    var step = look(in(Phase.Releasing, status), held);

    // then
    assertThat(step).contains(Step.done("filled."));
    assertThat(asked).extracting(ActionScope::attempt).containsExactly(2);
    assertThat(asked).extracting(ActionScope::sent).containsExactly(sent);
    assertThat(asked).extracting(ActionScope::action).containsExactly("drain");
    assertThat(takenBack).extracting(Taken::held).containsExactly(List.of(held));
    assertThat(takenBack).extracting(Taken::author).containsExactly(asked.get(0).author());
  }

  /** The status was wiped: only the target says that something is held. */
  @Test
  void whatNobodyRecordedIsGivenBackAsOfTheFirstAttempt() {
    // when
    look(in(Phase.Releasing), hold(PastWorld.CLAIM, "drain"));

    // then
    assertThat(asked).extracting(ActionScope::attempt).containsExactly(1);
    assertThat(asked).extracting(ActionScope::sent).containsExactly(List.of());
  }

  @Test
  void whatWasHeldIsReleasedOnceItRunsAgain() {
    assertThat(work(look(in(Phase.Releasing)))).isInstanceOf(Work.Observed.class);

    deployment("worker", 2, 1);

    assertThat(work(look(in(Phase.Releasing))))
        .isInstanceOfSatisfying(
            Work.Rolling.class, it -> assertThat(it.message()).contains("Deployment worker"));
  }

  @Test
  void theReleaseDoesNotWaitForWhatWasNotHeld() {
    deployment("web", 2, 1);

    assertThat(work(look(in(Phase.Releasing)))).isInstanceOf(Work.Observed.class);
  }

  /** Pods are not all that comes back by itself. */
  @Test
  void whatIsStillOnItsWayIsSaidBeforeWhatCouldNotComeBack() {
    // given
    var drained = succeeded("drain");
    stillGoing = Step.of(new Work.Drifted("the other one stays as it is."));

    // then
    assertThat(look(in(Phase.Releasing, drained))).contains(stillGoing);

    // when
    deployment("worker", 2, 1);

    // then
    assertThat(work(look(in(Phase.Releasing, drained)))).isInstanceOf(Work.Rolling.class);
  }

  @Test
  void theReleaseDoesNotWaitForWhatWasNeverDone() {
    // when
    stillGoing = Step.of(new Work.Rolling("another run's."));

    // then
    assertThat(work(look(in(Phase.Releasing)))).isInstanceOf(Work.Observed.class);
  }

  // Undoing

  @Test
  void theLastActionIsPutBackFirst() {
    // given
    var stop = done("stop");
    var flag = done("flag");

    // then
    assertThat(said(look(in(Phase.Undoing, stop, flag), past.holds())))
        .contains("ConfigMap settings");
    assertThat(
            said(
                look(
                    in(Phase.Undoing, stop, flag)
                        .undone(
                            List.of(new UndoStatus("flag", UndoStatus.Outcome.Undone, "Back."))),
                    past.holds())))
        .isEqualTo("Deployment worker: 0 -> 2 replicas");
  }

  /** The one of the earlier run is given back when that is released. */
  @Test
  void onlyTheActionsOwnHoldsArePutBack() {
    // given
    var elsewhere =
        PlanYaml.spec(
            """
            serviceAccountName: runner
            gates: []
            levels:
            - name: old
              actions:
              - {name: stop, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}
              - {name: other, scale: {workloads: [{kind: Deployment, name: api}], replicas: 0}}
            """);
    past.done(elsewhere, "stop", EARLIER);
    past.done(elsewhere, "other", PastWorld.CLAIM);
    var status = done("stop");

    // when
    var step =
        look(
            in(Phase.Undoing, status)
                .undone(List.of(new UndoStatus("other", UndoStatus.Outcome.Undone, "Back."))),
            past.holds());

    // then
    assertThat(said(step)).isEqualTo("Deployment worker: 0 -> 2 replicas");
  }

  @Test
  void whatWasPutBackIsWaitedForAtTheEnd() {
    // given
    var undone =
        Stream.of("renew", "flag")
            .map(name -> new UndoStatus(name, UndoStatus.Outcome.Undone, "Back."))
            .toList();
    var run = in(Phase.Undoing).undone(undone);

    // then
    assertThat(work(look(run))).isInstanceOf(Work.Observed.class);

    deployment("worker", 2, 1);
    assertThat(work(look(run))).as("was not undone").isInstanceOf(Work.Observed.class);

    deployment("web", 2, 1);
    assertThat(work(look(run)))
        .isInstanceOfSatisfying(
            Work.Rolling.class, it -> assertThat(it.message()).contains("Deployment web"));
  }
}
