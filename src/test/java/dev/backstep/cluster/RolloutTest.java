package dev.backstep.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.cluster.Rollout.State;
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
    return Workload.of(
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
    return Workload.of(
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
    return Workload.of(
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
    assertThat(Rollout.of(workload))
        .isEqualTo(new Rollout(State.RUNNING, "the change was not seen by the controller yet"));
    assertThat(Rollout.completed(workload)).isFalse();
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
    var rollout = Rollout.of(deployment(wanted, pods(all, updated, ready).build()));

    assertThat(rollout).isEqualTo(new Rollout(state, message));
  }

  @Test
  void podsThatAreReadyButNotAvailableYetDoNotCount() {
    var status = pods(3, 3, 3).withAvailableReplicas(2).build();

    assertThat(Rollout.of(deployment(3, status)).state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aDeploymentWhoseControllerGaveUpIsStuck() {
    var rollout = Rollout.of(deployment(3, because("ProgressDeadlineExceeded", pods(4, 1, 3))));

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

    assertThat(Rollout.of(statefulSet(wanted, status)).state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 2, DONE", "2, 1, 2, RUNNING", "2, 2, 1, RUNNING", "0, 0, 0, DONE"})
  void aDaemonSetIsDoneWhenEveryNodeHasANewPodThatIsReady(
      int wanted, int updated, int ready, State state) {
    assertThat(Rollout.of(daemonSet(nodes(wanted, updated, ready).build())).state())
        .isEqualTo(state);
  }

  @Test
  void aDaemonPodWhereNoneBelongsIsOld() {
    var status = nodes(2, 2, 2).withNumberMisscheduled(1).build();

    assertThat(Rollout.of(daemonSet(status)).message())
        .isEqualTo("2 of 2 pods are new, 1 old, 2 ready");
  }

  private static boolean completed(String reason, DeploymentStatusBuilder status) {
    return Rollout.completed(deployment(3, because(reason, status)));
  }

  @Test
  void aReleaseThatWasOutOnceStaysOutWhileItsPodsCrash() {
    assertThat(completed("NewReplicaSetAvailable", pods(3, 3, 3))).isTrue();
    assertThat(completed("NewReplicaSetAvailable", pods(3, 3, 0))).isTrue();
    assertThat(completed("NewReplicaSetAvailable", pods(2, 2, 1))).isTrue();
    assertThat(Rollout.completed(statefulSet(3, revisions("a", "a").withReplicas(1).build())))
        .isTrue();
    assertThat(Rollout.completed(daemonSet(nodes(2, 2, 0).build()))).isTrue();
  }

  @Test
  void aReleaseThatWasNeverOutIsNot() {
    assertThat(completed("NewReplicaSetCreated", pods(3, 0, 3))).isFalse();
    assertThat(completed("ReplicaSetUpdated", pods(3, 3, 2))).isFalse();
    assertThat(completed("ProgressDeadlineExceeded", pods(4, 1, 3))).isFalse();
    assertThat(Rollout.completed(statefulSet(3, revisions("a", "b").build()))).isFalse();
    assertThat(Rollout.completed(daemonSet(nodes(2, 1, 2).build()))).isFalse();
  }

  @Test
  void whatTheControllerStillSaysOfTheReleaseBeforeDoesNotCount() {
    assertThat(completed("NewReplicaSetAvailable", pods(3, 0, 3))).isFalse();
  }

  @Test
  void withoutADeadlineTheControllerSaysNothingAndThePodsCount() {
    assertThat(Rollout.completed(deployment(3, pods(3, 3, 0).build()))).isTrue();
    assertThat(Rollout.completed(deployment(3, pods(3, 2, 3).build()))).isFalse();
  }
}
