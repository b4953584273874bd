package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.JobAction;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.TaskTaker;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a run would change, and that it fits into what can be stored. */
class PreviewsTest {
  @Test
  void anActionShowsFortyLines() {
    var all = Map.of("many", Collections.nCopies(50, "line"), "few", List.of("one", "two"));

    var shown = Previews.bounded(all);

    assertThat(shown.get("many")).hasSize(41).endsWith("line", "... and 10 more");
    assertThat(shown.get("few")).containsExactly("one", "two");
  }

  @Test
  void allActionsTogetherHaveABound() {
    var all = new LinkedHashMap<String, List<String>>();
    for (var i = 0; i < 240; i++) {
      all.put("action-" + i, Collections.nCopies(40, "x".repeat(500)));
    }

    var shown = Previews.bounded(all);

    var length = shown.values().stream().flatMap(List::stream).mapToInt(String::length).sum();
    assertThat(length).isLessThan(135 * 1024);
    assertThat(shown).hasSize(240);
    assertThat(shown.get("action-0")).hasSize(40);
    assertThat(shown.get("action-239")).containsExactly("... and 40 more");
  }

  private static final RollbackPlanSpec PLAN =
      PlanYaml.spec(
          """
          serviceAccountName: runner
          gates: []
          levels:
          - name: quiet
            actions:
            - {name: stop, scale: {workloads: [{kind: Deployment, name: worker}], replicas: 0}}
            - {name: gone, restart: {workloads: [{kind: Deployment, name: gone}]}}
          - name: renew
            actions:
            - {name: renew, restart: {workloads: [{kind: Deployment, name: web}]}}
            - {name: ask, manual: {text: Turn it off and on again.}}
            - name: drop
              job:
                effect: Repair
                destructive: true
                run: {image: "drop:1", timeout: 1m}
          """);

  private final MemoryCluster cluster = new MemoryCluster();
  private final Previews previews = cluster.bean(Previews.class);
  private final PastWorld world = new PastWorld(cluster);
  private final AtomicInteger told = new AtomicInteger();

  private static RunSnapshot snapshot(Run.Mode mode, String uid) {
    var run =
        RunStatusBuilder.builder()
            .id("INC-1")
            .uid(uid)
            .mode(mode)
            .level(0)
            .levels(List.of(LevelStatus.waiting("quiet"), LevelStatus.waiting("renew")))
            .build();
    return RunSnapshotBuilder.builder().plan(PLAN).run(run).build();
  }

  private void ask(Run.Mode mode, String uid) {
    previews.ask(
        snapshot(mode, uid), action -> world.scope(action, PastWorld.CLAIM), told::incrementAndGet);
  }

  private Map<String, List<String>> asked(Run.Mode mode) {
    ask(mode, "u1");
    cluster.pass(Duration.ofSeconds(1));
    return previews.known("u1");
  }

  @Test
  void aDryRunShowsWhatEveryActionOfEveryLevelWouldDo() {
    // given
    cluster.givenDeployment("worker", 2, "app:v1");
    cluster.givenDeployment("web", 2, "app:v1");

    // when
    var preview = asked(Run.Mode.DryRun);

    // then
    assertThat(preview).containsOnlyKeys("stop", "gone", "renew", "ask", "drop");
    assertThat(preview.get("drop"))
        .startsWith("Destroys: what it takes away, Undone does not bring back. Only a backup does.")
        .anyMatch(line -> line.endsWith("image: (nothing) -> drop:1"));
    assertThat(preview.get("renew")).noneMatch(line -> line.startsWith("Destroys"));
    assertThat(preview.get("stop")).anyMatch(line -> line.contains("2 -> 0"));
    assertThat(preview.get("renew")).anyMatch(line -> line.contains("Deployment web"));
    var worker = cluster.find(Deployment.class, "deployments", "worker").orElseThrow();
    assertThat(worker.getSpec().getReplicas()).as("nothing is written").isEqualTo(2);
  }

  @Test
  void whatIsToBeApprovedShowsItsOwnLevelOnly() {
    assertThat(asked(Run.Mode.Execute)).containsOnlyKeys("stop", "gone");
  }

  @Test
  void whatCannotBeDoneSaysWhy() {
    assertThat(asked(Run.Mode.Execute).get("gone"))
        .singleElement()
        .asString()
        .startsWith("cannot be done: Deployment gone does not exist");
  }

  @Test
  void whatHumansDoSaysWhatTheyAreAsked() {
    assertThat(asked(Run.Mode.DryRun).get("ask"))
        .singleElement()
        .asString()
        .contains("Turn it off and on again.");
  }

  @Test
  void whatIsAsWantedAlreadyHasNoLines() {
    // given
    cluster.givenDeployment("worker", 0, "app:v1");

    // then
    assertThat(asked(Run.Mode.Execute).get("stop")).noneMatch(line -> line.contains("->"));
  }

  @Test
  void aRunIsAskedOnceAndToldWhenItIsKnown() {
    // when
    ask(Run.Mode.Execute, "u1");
    ask(Run.Mode.Execute, "u1");

    // then
    assertThat(previews.known("u1")).as("being asked").isNull();
    assertThat(told).hasValue(0);
    cluster.pass(Duration.ofSeconds(1));
    assertThat(previews.known("u1")).isNotNull();
    assertThat(previews.known("u2")).isNull();
    assertThat(told).hasValue(1);
  }

  @Test
  void whatWasRecordedIsForgotten() {
    // given
    asked(Run.Mode.Execute);

    // when
    previews.forget("u1");

    // then
    assertThat(previews.known("u1")).isNull();
    ask(Run.Mode.Execute, "u1");
    cluster.pass(Duration.ofSeconds(1));
    assertThat(told).hasValue(2);
  }

  /** The API server was not there: the next pass asks again. */
  @Test
  void aPreviewThatFailedIsAskedAgain() {
    // when
    previews.ask(
        snapshot(Run.Mode.Execute, "u1"),
        action -> {
          throw new IllegalStateException("not there");
        },
        told::incrementAndGet);
    cluster.pass(Duration.ofSeconds(1));

    // then
    assertThat(told).hasValue(1);
    assertThat(previews.known("u1")).isNull();
    assertThat(asked(Run.Mode.Execute)).isNotNull();
  }

  /** Answers when it is told to. */
  private record Slow<A>(Class<A> type, Supplier<CompletionStage<Step>> answers)
      implements ActionExecutor<A> {
    @Override
    public CompletionStage<Step> next(A action, ActionScope scope) {
      return answers.get();
    }
  }

  @Test
  void aTargetThatTakesItsTimeHoldsUpNoOtherRun() {
    // given
    var waiting = Step.of(new Work.Rolling("Waiting."));
    var hanging = new CompletableFuture<Step>();
    var answers = new ArrayDeque<CompletionStage<Step>>(List.of(hanging));
    Supplier<CompletionStage<Step>> next =
        () -> answers.isEmpty() ? waiting.now() : answers.remove();
    var slow =
        new Previews(
            new Actions(
                List.of(
                    new Slow<>(Scale.class, next),
                    new Slow<>(Restart.class, next),
                    new Slow<>(Manual.class, next),
                    new Slow<>(JobAction.class, next))),
            cluster.bean(Effectors.class),
            new TaskTaker(Runnable::run));

    // when
    slow.ask(snapshot(Run.Mode.DryRun, "u1"), action -> Scopes.of(), told::incrementAndGet);
    slow.ask(snapshot(Run.Mode.DryRun, "u2"), action -> Scopes.of(), told::incrementAndGet);

    // then
    assertThat(slow.known("u1")).isNull();
    assertThat(slow.known("u2")).containsEntry("ask", List.of("Waiting."));
    hanging.complete(waiting);
    assertThat(slow.known("u1")).containsEntry("stop", List.of("Waiting."));
    assertThat(told).hasValue(2);
  }

  @Test
  void exactlyFortyLinesAreShownWhole() {
    var shown = Previews.bounded(Map.of("many", Collections.nCopies(40, "line")));

    assertThat(shown.get("many")).hasSize(40).containsOnly("line");
  }

  @Test
  void aLineThatFillsTheRoomIsTheLast() {
    var room = "x".repeat(128 * 1024);

    var shown = Previews.bounded(Map.of("large", List.of(room, "y")));

    assertThat(shown.get("large")).containsExactly(room, "... and 1 more");
  }
}
