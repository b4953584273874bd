package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.cluster.Access;
import dev.backstep.effect.Images;
import dev.backstep.effect.Owners;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.notification.Notifier;
import dev.backstep.problem.Problem;
import dev.backstep.rollbackplan.check.ApproverChecks;
import dev.backstep.rollbackplan.check.GateChecks;
import dev.backstep.rollbackplan.check.Preflight;
import dev.backstep.rollbackplan.check.TargetChecks;
import dev.backstep.rollbackplan.claim.PlanClaims;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of others before a level acts, and what becomes of answers that do not come. */
class ScoutTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:05:00Z");
  private static final RollbackPlanSpec PLAN =
      PlanYaml.spec(
          """
          serviceAccountName: runner
          gates: []
          levels:
          - name: first
            approval: {}
            actions:
            - {name: a, holdUntil: LevelActed, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}
            - {name: b, scale: {workloads: [{kind: Deployment, name: web}], replicas: 1}}
          - name: second
            actions:
            - {name: c, scale: {workloads: [{kind: Deployment, name: web}], replicas: 2}}
          """);

  private final MemoryCluster cluster = new MemoryCluster();
  private final List<String> askedForPins = new ArrayList<>();
  private CompletionStage<List<Problem>> problems = CompletableFuture.completedStage(List.of());
  private CompletionStage<List<String>> pins = CompletableFuture.completedStage(List.of("now"));
  private Step ready = Step.done("Ready.");
  private List<Hold> held = List.of();
  private Step left = new Step(new Work.ToDo(1, "Do it."), List.of());

  /** Answers when the test lets it. */
  private final class Slow implements ActionExecutor<Scale> {
    @Override
    public Class<Scale> type() {
      return Scale.class;
    }

    @Override
    public CompletionStage<Step> next(Scale action, ActionScope scope) {
      return left.now();
    }

    @Override
    public CompletionStage<Step> back(Scale action, Taken taken, ActionScope scope) {
      return left.now();
    }

    @Override
    public CompletionStage<List<Problem>> preflight(Scale action, ActionScope scope) {
      return problems;
    }

    /** Only the second one has something to be made ready. */
    @Override
    public CompletionStage<Step> prepare(Scale action, ActionScope scope) {
      return (scope.action().equals("b") ? ready : Step.done("Ready.")).now();
    }

    @Override
    public CompletionStage<List<String>> pins(Scale action, ActionScope scope) {
      askedForPins.add(scope.action());
      return pins;
    }
  }

  @BeforeEach
  void account() {
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
  }

  private CompletableFuture<Findings> look(RunStatusBuilder run) {
    var actions = new Actions(List.of(new Slow()));
    var looker =
        new Looker(
            actions,
            cluster.bean(Owners.class),
            cluster.bean(PlanClaims.class),
            cluster.bean(Images.class),
            cluster.bean(Reversals.class),
            new ComingBack(actions, cluster.bean(RollOuts.class)));
    var preflight =
        new Preflight(
            actions,
            cluster.bean(GateChecks.class),
            cluster.bean(ApproverChecks.class),
            new TargetChecks(actions, Workloads.of(), List.of()),
            cluster.bean(Notifier.class),
            cluster.bean(Access.class));
    var plan = new RollbackPlan();
    plan.getMetadata().setNamespace(MemoryCluster.NAMESPACE);
    return new Scout(looker, new Unprepared(actions), preflight, new LevelFacts(actions), actions)
        .look(plan, snapshot(run.build()), action -> scope(action.name()))
        .toCompletableFuture();
  }

  private static ActionScope scope(String action) {
    var scope = Scopes.of();
    return scope.withHolder(scope.holder().withAction(action));
  }

  private static RunStatusBuilder run(Phase phase) {
    return RunStatusBuilder.builder()
        .mode(Run.Mode.Execute)
        .records(RunStatus.RECORDS)
        .claim("bs-run-1")
        .phase(phase)
        .levels(List.of(LevelStatus.waiting("first"), LevelStatus.waiting("second")));
  }

  private static RunStatusBuilder acting(Integer action, String... begun) {
    var statuses = List.of(begun).stream().map(name -> ActionStatus.begun(name, NOW)).toList();
    var first =
        LevelStatus.waiting("first")
            .with()
            .actions(statuses)
            .pins(Map.of("a", List.of("before")))
            .build();
    return run(Phase.Acting)
        .level(0)
        .action(action)
        .levels(List.of(first, LevelStatus.waiting("second")));
  }

  private RunSnapshot snapshot(RunStatus run) {
    return RunSnapshotBuilder.builder()
        .now(NOW)
        .plan(PLAN)
        .run(run)
        .holds(held)
        .traits(LevelTraits.HARMLESS)
        .build();
  }

  private static CompletionStage<List<String>> failed() {
    return CompletableFuture.failedStage(new IllegalStateException("no route"));
  }

  @Test
  void nothingIsKnownBeforeEverythingIs() {
    // given
    var later = new CompletableFuture<List<Problem>>();
    problems = later;

    // when
    var look = look(run(Phase.Pending));

    // then
    assertThat(look).isNotDone();
    later.complete(List.of(new Problem("Down", "The database does not answer.")));
    assertThat(Scopes.now(look).problems())
        .containsOnlyKeys("first")
        .containsEntry("first", List.of(new Problem("Down", "The database does not answer.")));
  }

  @Test
  void beforeTheFirstLevelAllAreAskedWhatTheyMean() {
    assertThat(Scopes.now(look(run(Phase.Pending))).pins()).containsOnlyKeys("first", "second");
  }

  @Test
  void aLevelOfWhichTheMeaningIsNotKnownIsNotInTheWayOfTheFirst() {
    // given
    pins = failed();

    // when
    var found = Scopes.now(look(run(Phase.Pending)));

    // then
    assertThat(found.pins()).isEmpty();
    assertThat(found.problems()).containsEntry("first", List.of());
  }

  @Test
  void aCheckThatFailsIsAProblemOfTheLevel() {
    // given
    problems = CompletableFuture.failedStage(new IllegalStateException("no route"));

    // then
    assertThat(Scopes.now(look(acting(null))).problems().get("first"))
        .extracting(Problem::reason)
        .containsOnly("NotChecked");
  }

  @Test
  void soIsAMeaningThatCannotBeFoundOutWhenTheLevelIsEntered() {
    // given
    pins = failed();

    // when
    var found = Scopes.now(look(acting(null)));

    // then
    assertThat(found.pins()).isEmpty();
    assertThat(found.problems().get("first"))
        .singleElement()
        .satisfies(it -> assertThat(it.message()).contains("no route"));
  }

  @Test
  void betweenTwoEffectsItIsWaitedFor() {
    // given
    pins = failed();

    // then
    assertThat(Scopes.now(look(acting(1, "a"))).work())
        .isInstanceOfSatisfying(
            Work.Rolling.class, it -> assertThat(it.message()).contains("no route"));
  }

  @Test
  void whenALevelIsEnteredEveryActionIsAskedWhatItMeans() {
    assertThat(Scopes.now(look(acting(null, "a"))).pins().get("first"))
        .containsEntry("a", List.of("now"))
        .containsEntry("b", List.of("now"));
  }

  @Test
  void whatHasToBeMadeReadyIsFoundBeforeAnybodyIsAskedWhatTheLevelMeans() {
    // given
    ready = new Step(new Work.ToDo(1, "Load it."), List.of());

    // when
    var entered = Scopes.now(look(acting(null)));
    var atTheFirst = Scopes.now(look(acting(0)));
    var atIt = Scopes.now(look(acting(1, "a")));

    // then
    assertThat(entered.unprepared()).contains("b");
    assertThat(entered.pins()).isEmpty();
    assertThat(entered.problems()).containsEntry("first", List.of());
    assertThat(atTheFirst.unprepared()).isEmpty();
    assertThat(atIt.unprepared()).contains("b");
  }

  @Test
  void whatCannotBeSeenForAMomentIsWaitedForAndNotMadeReadyAnew() {
    // given
    var silent = "The database does not answer.";
    ready = Step.of(new Work.Rolling(silent, Duration.ofSeconds(5)));

    // when
    var between = Scopes.now(look(acting(1, "a", "b")));
    var entered = Scopes.now(look(acting(null)));

    // then
    assertThat(between.unprepared()).isEmpty();
    assertThat(between.work()).isEqualTo(new Work.Rolling(silent, Duration.ofSeconds(5)));
    assertThat(entered.unprepared()).contains("b");
  }

  @Test
  void whileItIsMadeReadyThatIsWhatIsLeft() {
    // given
    ready = new Step(new Work.ToDo(1, "Load it."), List.of());
    var preparing =
        acting(1, "a", "b")
            .build()
            .withLevels(
                List.of(
                    LevelStatus.waiting("first")
                        .withActions(
                            List.of(
                                ActionStatus.begun("a", NOW).withStartedAt(null),
                                ActionStatus.begun("b", NOW).withPreparing(true)))));

    // then
    assertThat(Scopes.now(look(RunStatusBuilder.builder(preparing))).work().message())
        .isEqualTo("Load it.");
  }

  @Test
  void whatIsLeftOutIsNotMadeReady() {
    // given
    ready = new Step(new Work.ToDo(1, "Load it."), List.of());
    var skipped = acting(null, "a", "b").build();
    var level = skipped.levels().get(0);
    var actions =
        level.actions().stream()
            .map(action -> action.withOutcome(ActionStatus.Outcome.Skipped))
            .toList();

    // when
    var found =
        look(
            RunStatusBuilder.builder(skipped)
                .levels(List.of(level.withActions(actions), LevelStatus.waiting("second"))));

    // then
    assertThat(Scopes.now(found).unprepared()).isEmpty();
  }

  @Test
  void aLevelThatHasActedGivesBackWhatItHeldWhoeverAnswers() {
    // given
    ready = new Step(new Work.ToDo(1, "Load it."), List.of());
    pins = failed();
    held =
        List.of(new Hold("INC-42", "bs-run-1", "a", "scale", "Deployment", "web", "3", "0", NOW));

    // when
    var found = Scopes.now(look(acting(2, "a", "b")));

    // then
    assertThat(found.unprepared()).isEmpty();
    assertThat(found.work()).isEqualTo(left.work());
  }

  @Test
  void betweenTwoEffectsOnlyThoseAreAskedThatHaveNotBegun() {
    // when
    var found = Scopes.now(look(acting(1, "a")));

    // then
    assertThat(askedForPins).containsExactly("b");
    assertThat(found.pins().get("first"))
        .containsEntry("a", List.of("before"))
        .containsEntry("b", List.of("now"));
  }

  @Test
  void duringARollOutAndWhilePeopleApproveNobodyIsAsked() {
    // given
    left = Step.of(new Work.Rolling("Rolling."));

    // when
    look(acting(0, "a"));
    look(run(Phase.AwaitingApproval).level(0));

    // then
    assertThat(askedForPins).isEmpty();
  }
}
