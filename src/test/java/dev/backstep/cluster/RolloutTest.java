package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.cluster.Rollout.State;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the status of a workload in generation 7 says. */
class RolloutTest {
  private static Workload deployment(Integer replicas, DeploymentStatus status) {
    return Workloads.workload(
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("web")
            .withGeneration(7L)
            .endMetadata()
            .withNewSpec()
            .withReplicas(replicas)
            .endSpec()
            .withStatus(status)
            .build());
  }

  private static DeploymentStatusBuilder pods(int all, int updated, int ready) {
    return new DeploymentStatusBuilder()
        .withObservedGeneration(7L)
        .withReplicas(all)
        .withUpdatedReplicas(updated)
        .withReadyReplicas(ready)
        .withAvailableReplicas(ready);
  }

  private static DeploymentStatus because(String reason, DeploymentStatusBuilder status) {
    return status
        .addNewCondition()
        .withType("Available")
        .withReason("MinimumReplicasAvailable")
        .endCondition()
        .addNewCondition()
        .withType("Progressing")
        .withReason(reason)
        .endCondition()
        .build();
  }

  private static Workload statefulSet(int replicas, StatefulSetStatus status) {
    return Workloads.workload(
        new StatefulSetBuilder()
            .withNewMetadata()
            .withName("db")
            .withGeneration(7L)
            .endMetadata()
            .withNewSpec()
            .withReplicas(replicas)
            .endSpec()
            .withStatus(status)
            .build());
  }

  private static StatefulSetStatusBuilder revisions(String current, String update) {
    return new StatefulSetStatusBuilder()
        .withObservedGeneration(7L)
        .withCurrentRevision(current)
        .withUpdateRevision(update);
  }

  private static Workload daemonSet(DaemonSetStatus status) {
    return Workloads.workload(
        new DaemonSetBuilder()
            .withNewMetadata()
            .withName("agent")
            .withGeneration(7L)
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .withStatus(status)
            .build());
  }

  private static DaemonSetStatusBuilder nodes(int wanted, int updated, int ready) {
    return new DaemonSetStatusBuilder()
        .withObservedGeneration(7L)
        .withDesiredNumberScheduled(wanted)
        .withUpdatedNumberScheduled(updated)
        .withNumberMisscheduled(0)
        .withNumberReady(ready)
        .withNumberAvailable(ready);
  }

  private static void unseen(Workload workload) {
    assertThat(workload.rollout())
        .isEqualTo(new Rollout(State.RUNNING, "the change was not seen by the controller yet"));
    assertThat(workload.completed()).isFalse();
  }

  @Test
  void aStatusThatIsAboutAnotherGenerationSaysNothing() {
    unseen(deployment(3, null));
    unseen(deployment(3, pods(3, 3, 3).withObservedGeneration(6L).build()));
    unseen(deployment(3, pods(3, 3, 3).withObservedGeneration(null).build()));
    unseen(statefulSet(3, null));
    unseen(statefulSet(3, revisions("a", "a").withObservedGeneration(6L).build()));
    unseen(daemonSet(null));
    unseen(daemonSet(nodes(2, 2, 2).withObservedGeneration(6L).build()));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3, 3, 3, DONE, 3 of 3 pods are ready",
    "0, 0, 0, 0, DONE, 0 of 0 pods are ready",
    "3, 3, 3, 2, RUNNING, '3 of 3 pods are new, 0 old, 2 ready'",
    "3, 4, 3, 3, RUNNING, '3 of 3 pods are new, 1 old, 3 ready'",
    "3, 4, 1, 3, RUNNING, '1 of 3 pods are new, 3 old, 3 ready'",
    // Scaled to zero: a pod that still ends counts.
    "0, 1, 1, 0, RUNNING, '1 of 0 pods are new, 0 old, 0 ready'",
  })
  void aDeploymentIsDoneWhenAllPodsAreNewAndReadyAndNoOthersAreLeft(
      int wanted, int all, int updated, int ready, State state, String message) {
    var rollout = deployment(wanted, pods(all, updated, ready).build()).rollout();

    assertThat(rollout).isEqualTo(new Rollout(state, message));
  }

  @Test
  void podsThatAreReadyButNotAvailableYetDoNotCount() {
    var status = pods(3, 3, 3).withAvailableReplicas(2).build();

    assertThat(deployment(3, status).rollout().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aDeploymentWhoseControllerGaveUpIsStuck() {
    var rollout = deployment(3, because("ProgressDeadlineExceeded", pods(4, 1, 3))).rollout();

    assertThat(rollout.state()).isEqualTo(State.STUCK);
    assertThat(rollout.message())
        .isEqualTo(
            "Deployment web does not get on: 1 of 3 new pods exist, 3 are available, and its"
                + " progressDeadlineSeconds is over.");
  }

  @Test
  void whatTheControllerSaidOfAnEarlierGenerationIsOver() {
    var status = because("ProgressDeadlineExceeded", pods(4, 1, 3).withObservedGeneration(6L));

    unseen(deployment(3, status));
  }

  @ParameterizedTest
  @CsvSource({
    "a, a, 3, 0, 3, 3, DONE",
    "a, a, 3, 0, 3, 2, RUNNING",
    "a, b, 3, 3, 3, 3, DONE",
    "a, b, 3, 2, 3, 3, RUNNING",
    "a, a, 2, 0, 3, 3, RUNNING",
    "a, a, 2, 0, 3, 2, RUNNING",
  })
  void aStatefulSetIsDoneWhenAllPodsAreOfTheLastRevisionAndReady(
      String current, String update, int all, int updated, int wanted, int ready, State state) {
    var status =
        revisions(current, update)
            .withReplicas(all)
            .withUpdatedReplicas(updated)
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .build();

    assertThat(statefulSet(wanted, status).rollout().state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 2, DONE", "2, 1, 2, RUNNING", "2, 2, 1, RUNNING", "0, 0, 0, DONE"})
  void aDaemonSetIsDoneWhenEveryNodeHasANewPodThatIsReady(
      int wanted, int updated, int ready, State state) {
    assertThat(daemonSet(nodes(wanted, updated, ready).build()).rollout().state()).isEqualTo(state);
  }

  @Test
  void aDaemonPodWhereNoneBelongsIsOld() {
    var status = nodes(2, 2, 2).withNumberMisscheduled(1).build();

    assertThat(daemonSet(status).rollout().message())
        .isEqualTo("2 of 2 pods are new, 1 old, 2 ready");
  }

  private static boolean completed(String reason, DeploymentStatusBuilder status) {
    return deployment(3, because(reason, status)).completed();
  }

  @Test
  void aReleaseThatWasOutOnceStaysOutWhileItsPodsCrash() {
    assertThat(completed("NewReplicaSetAvailable", pods(3, 3, 3))).isTrue();
    assertThat(completed("NewReplicaSetAvailable", pods(3, 3, 0))).isTrue();
    assertThat(completed("NewReplicaSetAvailable", pods(2, 2, 1))).isTrue();
    assertThat(statefulSet(3, revisions("a", "a").withReplicas(1).build()).completed()).isTrue();
    assertThat(daemonSet(nodes(2, 2, 0).build()).completed()).isTrue();
  }

  @Test
  void aReleaseThatWasNeverOutIsNot() {
    assertThat(completed("NewReplicaSetCreated", pods(3, 0, 3))).isFalse();
    assertThat(completed("ReplicaSetUpdated", pods(3, 3, 2))).isFalse();
    assertThat(completed("ProgressDeadlineExceeded", pods(4, 1, 3))).isFalse();
    assertThat(statefulSet(3, revisions("a", "b").build()).completed()).isFalse();
    assertThat(daemonSet(nodes(2, 1, 2).build()).completed()).isFalse();
  }

  @Test
  void whatTheControllerStillSaysOfTheReleaseBeforeDoesNotCount() {
    assertThat(completed("NewReplicaSetAvailable", pods(3, 0, 3))).isFalse();
  }

  @Test
  void withoutADeadlineTheControllerSaysNothingAndThePodsCount() {
    assertThat(deployment(3, pods(3, 3, 0).build()).completed()).isTrue();
    assertThat(deployment(3, pods(3, 2, 3).build()).completed()).isFalse();
  }

  private static Workload argo(String phase, long observed) {
    var rollout = Workloads.rollout("web", "app:v1");
    rollout.getStatus().setPhase(phase);
    rollout.getStatus().setMessage("CanaryPauseStep");
    rollout.getStatus().setObservedGeneration(String.valueOf(observed));
    return Workloads.workload(rollout);
  }

  /** The controller sums it up. */
  @ParameterizedTest
  @CsvSource({"Healthy, DONE", "Progressing, RUNNING", "Paused, RUNNING", "Degraded, STUCK"})
  void aRolloutOfArgoIsWhatItsPhaseSays(String phase, State state) {
    assertThat(argo(phase, 7).rollout().state()).isEqualTo(state);
    assertThat(argo(phase, 6).rollout()).as("of an older generation").isEqualTo(Rollout.UNSEEN);
  }

  @Test
  void whatARolloutOfArgoWaitsForIsSaid() {
    assertThat(argo("Paused", 7).rollout().message())
        .isEqualTo("Paused (CanaryPauseStep), 3 of 3 pods are new");
    assertThat(argo("Degraded", 7).rollout().message())
        .isEqualTo("Rollout web is degraded: CanaryPauseStep.");
  }

  @Test
  void aRolloutOfArgoIsCompletedOnceWhatIsCurrentIsStable() {
    var rollout = Workloads.rollout("web", "app:v1");
    assertThat(Workloads.workload(rollout).completed()).isTrue();

    rollout.getStatus().setStableRS("before");
    assertThat(Workloads.workload(rollout).completed()).isFalse();
  }
}
