package dev.backstep.action.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Step;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Change;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScaleExecutorTest {
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");
  private static final Scale OFF = new Scale(List.of(WORKER), 0);
  private static final Scale ONE = new Scale(List.of(WORKER), 1);
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final LoopbackApi api = new LoopbackApi();
  private final ScaleExecutor executor = new ScaleExecutor(api.client());

  @AfterEach
  void stop() {
    api.close();
  }

  private static ActionScope scope(HasMetadata... objects) {
    return Scopes.of(Workloads.of(objects));
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
    var change = executor.next(action, scope(worker(3))).changes().get(0);
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
    return new Hold(
        "INC-1", "bs-run-1", "back", "scale", WorkloadKind.Deployment, "worker", "3", "0", NOON);
  }

  @Test
  void itIsAHoldThatPatchesItsWorkloads() {
    assertThat(executor.traits(OFF)).isEqualTo(Traits.HOLD);
    assertThat(executor.targets(OFF)).containsExactly(WORKER);
    assertThat(executor.rights(OFF, scope()))
        .singleElement()
        .satisfies(
            right -> {
              assertThat(right.verb()).isEqualTo("patch");
              assertThat(right.names()).containsExactly("worker");
            });
  }

  @Test
  void aPausedDeploymentIsAProblemBeforehand() {
    var paused = new DeploymentBuilder(worker(3)).editSpec().withPaused(true).endSpec().build();

    assertThat(executor.preflight(OFF, scope(paused)))
        .extracting(Problem::reason)
        .containsExactly("TargetPaused");
    assertThat(executor.preflight(OFF, scope(worker(3)))).isEmpty();
  }

  @Test
  void theNumberOfReplicasIsWhatIsLeftToDo() {
    assertThat(executor.next(OFF, scope(worker(3))).changes())
        .extracting(Change::summary)
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

    assertThat(executor.next(OFF, scope(held(OFF))).work())
        .isEqualTo(new Work.Rolling("Old pods are still ending.", Duration.ofSeconds(1)));

    api.lose(pod);
    assertThat(executor.next(OFF, scope(held(OFF))).work()).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).allMatch(asked -> asked.query().contains("limit=1"));
  }

  @Test
  void podsAreNotAskedForWhereSomeStay() {
    assertThat(executor.next(ONE, scope(held(ONE))).work()).isInstanceOf(Work.Observed.class);
    assertThat(api.asked()).isEmpty();
  }

  @Test
  void whatAnotherRunKeepsLowerIsNotRaised() {
    var work = executor.next(ONE, scope(heldElsewhere(0, NOON))).work();

    assertThat(work).isInstanceOf(Work.Held.class);
    assertThat(((Work.Held) work).message()).contains("Deployment worker", "INC-2");
  }

  @Test
  void aTargetThatIsGoneIsGivenBackByFindingOut() {
    Step step = executor.release(List.of(hold()), scope());

    assertThat(step.changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.uid()).isEqualTo("gone");
              assertThat(change.name()).isEqualTo("worker");
              assertThat(change.namespace()).isEqualTo("shop");
              assertThat(change.releases()).isEqualTo(hold());
              assertThat(change.summary()).contains("does not exist any more");
            });
  }

  @Test
  void whatIsAsBeforeTheHoldIsGivenBack() {
    assertThat(executor.givenBack(List.of(hold()), scope(worker(3))))
        .isEqualTo(new Work.Observed("what it held is given back."));
  }

  @Test
  void anotherNumberSinceIsSaid() {
    assertThat(executor.givenBack(List.of(hold()), scope(worker(5))))
        .isEqualTo(
            new Work.Drifted(
                "Deployment worker has 5 replicas, which somebody else set since, so it was left as it is (it had 3)."));
  }

  @Test
  void whoHoldsItSinceIsSaid() {
    var work = executor.givenBack(List.of(hold()), scope(heldElsewhere(1, NOON.plusSeconds(1))));

    assertThat(((Work.Drifted) work).message())
        .startsWith("Deployment worker has 1 replicas, because")
        .contains("INC-2");
  }

  @Test
  void whoHeldItBeforeIsPartOfHowItWas() {
    assertThat(executor.givenBack(List.of(hold()), scope(heldElsewhere(1, NOON.minusSeconds(1)))))
        .isInstanceOf(Work.Observed.class);
  }
}
