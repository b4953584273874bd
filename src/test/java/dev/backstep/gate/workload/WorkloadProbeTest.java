package dev.backstep.gate.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import org.junit.jupiter.api.Test;

class WorkloadProbeTest {
  private static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");

  private static Reading measured(HasMetadata... objects) {
    var scope = GateScope.of(new Author("shop", "runner"), Workloads.of(objects));
    return new WorkloadProbe().measure(WEB, scope).toCompletableFuture().join();
  }

  @Test
  void rolledOutAndReadyIsGreen() {
    assertThat(measured(Workloads.deployment("web", "app:v1").build()))
        .isEqualTo(Reading.green("Deployment web: 3 of 3 pods are ready"));
  }

  @Test
  void anythingElseIsRedAndSaysWhy() {
    var starting =
        Workloads.deployment("web", "app:v1").editStatus().withReadyReplicas(1).endStatus();

    assertThat(measured(starting.build()))
        .isEqualTo(Reading.red("Deployment web: 3 of 3 pods are new, 0 old, 1 ready"));
    assertThat(measured()).isEqualTo(Reading.red("Deployment web does not exist"));
  }

  @Test
  void aRollOutWhoseDeadlineIsOverIsRedFromTheFirstMeasurementOn() {
    var stuck =
        Workloads.deployment("web", "app:v1")
            .editStatus()
            .withAvailableReplicas(2)
            .addNewCondition()
            .withType("Progressing")
            .withReason("ProgressDeadlineExceeded")
            .endCondition()
            .endStatus();

    var reading = measured(stuck.build());

    assertThat(reading.color()).isEqualTo(Reading.Color.RED);
    assertThat(reading.message()).endsWith("and its progressDeadlineSeconds is over.");
  }

  /** That is no verdict on the application. */
  @Test
  void aKindThatTheClusterDoesNotKnowCannotBeMeasured() {
    var rollout = new WorkloadRef(WorkloadKind.Rollout, "web");
    var without = GateScope.of(new Author("shop", "runner"), Workloads.of().withoutArgo());

    assertThat(new WorkloadProbe().measure(rollout, without).toCompletableFuture().join())
        .isEqualTo(Reading.error("Rollout web: Argo Rollouts is not installed in the cluster"));
    assertThat(new WorkloadProbe().measure(WEB, without).toCompletableFuture().join())
        .isEqualTo(Reading.red("Deployment web does not exist"));
  }

  @Test
  void itsWorkloadConcernsIt() {
    assertThat(new WorkloadProbe().workloads(WEB)).containsExactly(WEB);
  }
}
