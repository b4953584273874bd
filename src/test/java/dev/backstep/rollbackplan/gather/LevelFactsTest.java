package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.EffectStatusBuilder;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.argument.Arguments;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The hash that an approval names: of what would be done, and of nothing else. */
class LevelFactsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:05:00Z");
  private static final String PLAN =
      """
      gates: []
      levels:
      - name: stop
        actions:
        - {name: a, scale: {workloads: [{kind: Deployment, name: web}], replicas: 0}}
      """;

  private List<String> pins = List.of("stable-1");
  private int round;
  private Phase phase = Phase.Acting;
  private Map<String, List<String>> kept = Map.of();

  /** Says what the test says. */
  private final class Pinned<A> implements ActionExecutor<A> {
    private final Class<A> type;

    Pinned(Class<A> type) {
      this.type = type;
    }

    @Override
    public Class<A> type() {
      return type;
    }

    @Override
    public CompletionStage<Step> next(A action, ActionScope scope) {
      return Step.done("There.").now();
    }

    @Override
    public CompletionStage<List<String>> pins(A action, ActionScope scope) {
      return CompletableFuture.completedStage(pins);
    }
  }

  private LevelFacts facts() {
    return new LevelFacts(
        new Actions(List.of(new Pinned<>(Scale.class), new Pinned<>(RollBack.class))));
  }

  private Map<String, List<String>> pins(RollbackPlanSpec plan) {
    return Scopes.now(facts().pins(plan.levels().get(0), kept, action -> null));
  }

  private Map<String, String> hashes(RollbackPlanSpec plan) {
    var level = plan.levels().get(0).withApproval(ApprovalPolicy.DEFAULT);
    var approval =
        ApprovalStatusBuilder.builder().level("stop").hash("").round(round).since(NOW).build();
    var snapshot =
        RunSnapshotBuilder.builder()
            .now(NOW)
            .plan(plan.withLevels(List.of(level)))
            .run(
                RunStatusBuilder.builder()
                    .mode(Run.Mode.Execute)
                    .phase(phase)
                    .level(0)
                    .levels(List.of(LevelStatus.waiting("stop").withPins(kept)))
                    .approval(approval)
                    .build())
            .pins(phase == Phase.AwaitingApproval ? Map.of() : Map.of("stop", pins(plan)))
            .traits(LevelTraits.HARMLESS)
            .build();
    return facts().hashes(snapshot);
  }

  @Test
  void whatDestroysIsNamedWithTheBackupsBeforeIt() {
    var plan =
        PlanYaml.spec(
            """
            gates: []
            levels:
            - name: data
              actions:
              - {name: first, sql: {databaseRef: {name: db}, effect: Repair, statements: x, destructive: true}}
              - {name: kept, backup: {target: {databaseRef: {name: db}}}}
              - {name: second, sql: {databaseRef: {name: db}, effect: Repair, statements: x, destructive: true}}
            - name: more
              actions:
              - {name: third, sql: {databaseRef: {name: db}, effect: Repair, statements: x, destructive: true}}
            """);

    assertThat(new MemoryCluster().complete(LevelFacts.class).traits(plan).backups())
        .isEqualTo(Map.of("first", Set.of(), "second", Set.of("kept"), "third", Set.of()));
  }

  private String hash() {
    return hash(PLAN);
  }

  private String hash(String plan) {
    return hashes(PlanYaml.spec(plan)).get("stop");
  }

  @Test
  void theSameActionsHaveTheSameHash() {
    assertThat(hash()).isEqualTo(hash()).isNotBlank();
  }

  @Test
  void otherActionsHaveAnotherHash() {
    assertThat(hash(PLAN.replace("replicas: 0", "replicas: 1"))).isNotEqualTo(hash());
    assertThat(hash(PLAN.replace("name: web", "name: api"))).isNotEqualTo(hash());
  }

  @Test
  void whatTheActionsMeanNowIsInTheHash() {
    var before = hash();
    pins = List.of("stable-2");

    assertThat(hash()).isNotEqualTo(before);
  }

  @Test
  void afterARejectionTheHashIsAnotherOne() {
    var before = hash();
    round = 1;

    assertThat(hash()).isNotEqualTo(before);
  }

  @Test
  void gatesTextsAndBudgetsAreNotInTheHash() {
    var told = PLAN.replace("- name: stop", "- name: stop\n  description: Costs an hour");

    assertThat(hash(told)).isEqualTo(hash());
  }

  private String undoHash(String claim, Integer rejected, String... pins) {
    var data = new Work.Replacing("It replaces data.", List.of(pins));
    var approval =
        rejected == null
            ? null
            : ApprovalStatusBuilder.builder()
                .undo(new ApprovalStatus.Undo("a", "It replaces data."))
                .round(rejected)
                .build();
    var sent = EffectStatusBuilder.builder().verb(Verb.Apply).number(1).results(List.of()).build();
    var begun = ActionStatus.begun("a", NOW).withSent(List.of(sent));
    var snapshot =
        RunSnapshotBuilder.builder()
            .now(NOW)
            .plan(PlanYaml.spec(PLAN))
            .run(
                RunStatusBuilder.builder()
                    .claim(claim)
                    .phase(Phase.Undoing)
                    .levels(List.of(LevelStatus.waiting("stop").withActions(List.of(begun))))
                    .approval(approval)
                    .build())
            .holds(List.of())
            .work(new Work.ToDo(1, "Swap back.", 0, Optional.empty(), Optional.of(data)))
            .build();
    return facts().hashes(snapshot).get("a");
  }

  @Test
  void anUndoIsApprovedForThisRunTheDataAndThisTime() {
    var hash = undoHash("claim", null, "orders 7");

    assertThat(undoHash("claim", 0, "orders 7")).isEqualTo(hash);
    assertThat(undoHash("other", 0, "orders 7")).isNotEqualTo(hash);
    assertThat(undoHash("claim", 1, "orders 7")).isNotEqualTo(hash);
    assertThat(undoHash("claim", 0, "orders 8")).isNotEqualTo(hash);
  }

  private static RollbackPlanSpec filledIn(String image) {
    var plan =
        PlanYaml.spec(
            """
            gates: []
            args: [{name: image}]
            levels:
            - name: stop
              actions:
              - name: a
                rollBack:
                  workloads: [{kind: Deployment, name: web}]
                  to: {images: [{container: app, image: $(args.image)}]}
            """);
    var run = RunBuilder.builder().args(List.of(new Run.Value("image", image))).build();
    return Arguments.resolve(plan, run);
  }

  @Test
  void whatARunFillsInIsInTheHash() {
    assertThat(hashes(filledIn("app:v1"))).isNotEqualTo(hashes(filledIn("app:v2")));
  }

  /** What an action did may change what it would mean now. */
  @Test
  void anActionThatHasBegunMeansWhatItMeantBefore() {
    // given
    kept = Map.of("a", List.of("stable-1"));
    var before = hash();

    // when
    pins = List.of("stable-2");

    // then
    assertThat(hash()).isEqualTo(before);
  }

  @Test
  void actionsThatMeanNoMoreThanThePlanSaysAreLeftOut() {
    assertThat(pins(PlanYaml.spec(PLAN))).containsOnlyKeys("a");

    pins = List.of();
    assertThat(pins(PlanYaml.spec(PLAN))).isEmpty();
  }

  @Test
  void whilePeopleApproveTheHashIsOfWhatTheyWereAskedFor() {
    // given
    var asked = hash();

    // when
    phase = Phase.AwaitingApproval;
    kept = Map.of("a", List.of("stable-1"));
    pins = List.of("stable-2");

    // then
    assertThat(hash()).isEqualTo(asked);
  }

  @Test
  void thereIsNoHashOfALevelThatNobodyFoundAnythingOutAbout() {
    var snapshot =
        RunSnapshotBuilder.builder()
            .run(RunStatusBuilder.builder().phase(Phase.Pending).levels(List.of()).build())
            .build();

    assertThat(facts().hashes(snapshot)).isEmpty();
  }
}
