package dev.backstep.action.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Reversals;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScaleExecutorTest {
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");
  private static final Scale OFF = new Scale(List.of(WORKER), 0);
  private static final Scale ONE = new Scale(List.of(WORKER), 1);
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final LoopbackApi api = new LoopbackApi();
  private final Workloads workloads = Workloads.of();
  private final ScaleExecutor executor =
      new ScaleExecutor(
          api.client(),
          workloads.targets(),
          namespace -> (entry, target) -> true,
          new Autoscalers(new Impersonation(api.client())));

  @AfterEach
  void stop() {
    api.close();
  }

  private ActionScope scope(HasMetadata... objects) {
    workloads.has(objects);
    return Scopes.of();
  }

  private static Deployment worker(int replicas) {
    return Workloads.deployment("worker", "app:v1")
        .editSpec()
        .withReplicas(replicas)
        .endSpec()
        .editStatus()
        .withReplicas(replicas)
        .withUpdatedReplicas(replicas)
        .withReadyReplicas(replicas)
        .withAvailableReplicas(replicas)
        .endStatus()
        .build();
  }

  /** Held at a number by the run INC-2 of another plan. */
  private static Deployment heldElsewhere(int replicas, Instant since) {
    return new DeploymentBuilder(worker(replicas))
        .editMetadata()
        .addToAnnotations(Annotations.HELD_REPLICAS, "3")
        .addToAnnotations(
            "backstep.dev/held-by.bs-run-2.01234567",
            "other/INC-2/stop/%d/%s".formatted(replicas, since))
        .endMetadata()
        .build();
  }

  /** As the API server has it when the executor's own change was applied. */
  private Deployment held(Scale action) {
    var change = (ObjectPatch) next(action, scope(worker(3))).effects().get(0);
    var builder = new DeploymentBuilder(worker(action.replicas()));
    for (var operation : change.patch()) {
      var path = operation.path("path").asText();
      if (path.startsWith("/metadata/annotations/")) {
        var key = path.substring("/metadata/annotations/".length()).replace("~1", "/");
        var value = operation.path("value").asText();
        builder.editMetadata().addToAnnotations(key, value).endMetadata();
      }
    }
    return builder.build();
  }

  private static Hold hold() {
    return new Hold("INC-1", "bs-run-1", "back", "scale", "Deployment", "worker", "3", "0", NOON);
  }

  private Step next(Scale action, ActionScope scope) {
    return executor.next(action, scope).toCompletableFuture().join();
  }

  private Step back(List<Hold> held, List<Hold> ever, ActionScope scope) {
    var past = new SentBefore(ever);
    var taken = new Taken(held, past, scope.author(), new Reversals(new Effectors(List.of())));
    return executor.back(OFF, taken, scope).toCompletableFuture().join();
  }

  /** What became of the target, when nothing is held any more. */
  private Work givenBack(ActionScope scope) {
    return back(List.of(), List.of(hold()), scope).work();
  }

  /** Effects that took holds. */
  private record SentBefore(List<Hold> holds) implements Taken.Past {
    @Override
    public List<Sent<?>> applied() {
      return holds.stream()
          .<Sent<?>>map(
              hold ->
                  new Sent<>(
                      PatchBuilder.of(worker(3)).taking(hold).build("held"),
                      new Mark("bs-run-1", "back", Intent.Verb.Apply, 1, 0),
                      new Outcome.Applied("1")))
          .toList();
    }

    @Override
    public List<Sent<?>> back() {
      return List.of();
    }
  }

  @Test
  void itIsAHoldThatPatchesItsWorkloads() {
    assertThat(executor.traits(OFF)).isEqualTo(Traits.SHARED_HOLD);
    assertThat(executor.targets(OFF)).containsExactly(WORKER);
    assertThat(executor.rights(OFF, scope()))
        .first()
        .satisfies(
            right -> {
              assertThat(right.verb()).isEqualTo("patch");
              assertThat(right.names()).containsExactly("worker");
            });
    assertThat(executor.rights(OFF, scope())).last().isEqualTo(Autoscalers.LIST);
  }

  private void autoscaled() {
    api.has(
        new HorizontalPodAutoscalerBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("worker")
            .endMetadata()
            .withNewSpec()
            .withNewScaleTargetRef("apps/v1", "Deployment", "worker")
            .withMinReplicas(4)
            .withMaxReplicas(6)
            .endSpec()
            .build());
  }

  @Test
  void aNumberThatAnAutoscalerChangesIsAProblemBeforehand() {
    autoscaled();

    assertThat(Scopes.now(executor.preflight(ONE, scope(worker(3)))))
        .containsExactly(
            new Problem(
                "TargetAutoscaled",
                "Deployment worker is scaled by HorizontalPodAutoscaler worker (4 to 6 replicas), so 1 replicas would not last. Scale it to 0, which switches the autoscaler off until it is given back, or take it out of action back and change the autoscaler: kubectl -n shop edit horizontalpodautoscaler worker."));
  }

  @Test
  void whereItIsSwitchedOffNoAutoscalerIsAskedFor() {
    autoscaled();

    assertThat(Scopes.now(executor.preflight(OFF, scope(worker(3))))).isEmpty();
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void whatAnAutoscalerAllowsComesBack() {
    autoscaled();

    assertThat(back(List.of(hold()), List.of(hold()), scope(held(OFF))).effects())
        .extracting(Effect::summary)
        .singleElement()
        .asString()
        .startsWith("Deployment worker: 0 -> 4 replicas");
    assertThat(givenBack(scope(worker(5)))).isInstanceOf(Work.Observed.class);
  }

  @Test
  void whereTheOldNumberIsBackNoAutoscalerIsAskedFor() {
    assertThat(givenBack(scope(worker(3)))).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void aPausedDeploymentIsAProblemBeforehand() {
    var paused = new DeploymentBuilder(worker(3)).editSpec().withPaused(true).endSpec().build();

    assertThat(Scopes.now(executor.preflight(OFF, scope(paused))))
        .extracting(Problem::reason)
        .containsExactly("TargetPaused");
    assertThat(Scopes.now(executor.preflight(OFF, scope(worker(3))))).isEmpty();
  }

  @Test
  void theNumberOfReplicasIsWhatIsLeftToDo() {
    assertThat(next(OFF, scope(worker(3))).effects())
        .extracting(Effect::summary)
        .containsExactly("Deployment worker: 3 -> 0 replicas");
  }

  @Test
  void itIsOffWhenTheLastPodIsGone() {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("worker-1")
            .addToLabels("app", "worker")
            .endMetadata()
            .build();
    api.has(pod);

    assertThat(next(OFF, scope(held(OFF))).work())
        .isEqualTo(
            new Work.Rolling(
                "Old pods of Deployment worker are still ending.", Duration.ofSeconds(1)));

    api.lose(pod);
    assertThat(next(OFF, scope(held(OFF))).work()).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).allMatch(asked -> asked.query().contains("limit=1"));
  }

  @Test
  void podsAreNotAskedForWhereSomeStay() {
    assertThat(next(ONE, scope(held(ONE))).work()).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void whatAnotherRunKeepsLowerIsNotRaised() {
    var work = next(ONE, scope(heldElsewhere(0, NOON))).work();

    assertThat(work).isInstanceOf(Work.Held.class);
    assertThat(((Work.Held) work).message()).contains("Deployment worker", "INC-2");
  }

  @Test
  void aTargetThatIsGoneIsGivenBackByFindingOut() {
    var step = back(List.of(hold()), List.of(), scope());

    assertThat(step.effects())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.target()).hasToString("Deployment worker");
              assertThat(change.givesBack()).isEqualTo(hold());
              assertThat(change.summary()).contains("does not exist any more");
            });
  }

  @Test
  void whatIsAsBeforeTheHoldIsGivenBack() {
    assertThat(givenBack(scope(worker(3))))
        .isEqualTo(new Work.Observed("what it held is given back."));
  }

  @Test
  void anotherNumberSinceIsSaid() {
    assertThat(givenBack(scope(worker(5))))
        .isEqualTo(
            new Work.Drifted(
                "Deployment worker has 5 replicas, which somebody else set since, so it was left as it is (it had 3)."));
  }

  @Test
  void whoHoldsItSinceIsSaid() {
    var work = givenBack(scope(heldElsewhere(1, NOON.plusSeconds(1))));

    assertThat(((Work.Drifted) work).message())
        .startsWith("Deployment worker has 1 replicas, because")
        .contains("INC-2");
  }

  @Test
  void whoHeldItBeforeIsPartOfHowItWas() {
    assertThat(givenBack(scope(heldElsewhere(1, NOON.minusSeconds(1)))))
        .isInstanceOf(Work.Observed.class);
  }

  /** It would give nothing back any more. */
  @Test
  void backstepItselfIsNotScaled() {
    var itself =
        worker(1)
            .edit()
            .editMetadata()
            .addToLabels("backstep.dev/operator", "true")
            .endMetadata()
            .build();
    var scope = scope(itself);

    assertThat(Scopes.now(executor.next(OFF, scope)).work())
        .isInstanceOf(Work.Impossible.class)
        .extracting(work -> ((Work.Impossible) work).reason())
        .isEqualTo("TargetIsBackstep");
    assertThat(Scopes.now(executor.preflight(OFF, scope)))
        .extracting(Problem::reason)
        .contains("TargetIsBackstep");
  }

  @Test
  void whatSomebodyDeletedAfterItWasScaledIsOffAndWhatNeverWasThereIsMissing() {
    var scope = scope();
    var held =
        new Hold("INC-1", "bs-run-1", "back", "scale", "Deployment", "worker", "3", "0", NOON);

    assertThat(Scopes.now(executor.next(OFF, scope)).work()).isInstanceOf(Work.Impossible.class);
    assertThat(Scopes.now(executor.next(OFF, scope.withHolds(List.of(held)))).work())
        .as("it was not off yet")
        .isInstanceOf(Work.Impossible.class);
    assertThat(
            Scopes.now(
                    executor.next(
                        OFF, scope.withHolds(List.of(held)).withDoneAt(Optional.of(scope.now()))))
                .work())
        .isEqualTo(new Work.Observed("nothing of what was scaled exists any more."));
  }
}
