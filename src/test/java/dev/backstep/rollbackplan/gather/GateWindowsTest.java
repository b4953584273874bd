package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.rollbackplan.check.StopConditions;
import dev.backstep.rollbackplan.watch.SimulatedWakeups;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateWindowsTest {
  private static final Instant BEGIN = Instant.parse("2026-11-21T14:05:00Z");
  private static final String PLAN =
      """
      serviceAccountName: runner
      gates:
      - {name: web, use: Health, workload: {kind: Deployment, name: web}}
      levels:
      - {name: back, actions: []}
      """;

  private final RememberingSampler remembering = new RememberingSampler();

  private static RunSnapshot run(Phase phase, Instant measuringSince) {
    return RunSnapshotBuilder.builder()
        .now(BEGIN)
        .plan(PlanYaml.spec(PLAN))
        .run(
            RunStatusBuilder.builder()
                .uid("uid")
                .phase(phase)
                .levels(List.of(LevelStatus.waiting("back")))
                .startedAt(BEGIN)
                .measuringSince(measuringSince)
                .build())
        .build();
  }

  @Test
  void whatWasMeasuredBeforeAPhaseDoesNotCountForItEvenIfBothBeganInTheSameInstant() {
    // given
    var sampler = windows(Workloads.of());

    // when
    sampler.running(new RollbackPlan(), run(Phase.Pending, null), Map.of(), ItemAnswers.NONE);
    sampler.running(new RollbackPlan(), run(Phase.Checking, BEGIN), Map.of(), ItemAnswers.NONE);

    // then
    assertThat(remembering.windows())
        .extracting(it -> it.watches().get(0).key())
        .doesNotHaveDuplicates();
  }

  /** A plan that knows what is deployed. */
  private static RollbackPlan idle() {
    var plan = new RollbackPlan();
    plan.setMetadata(new ObjectMetaBuilder().withNamespace("shop").withName("web").build());
    plan.setSpec(
        PlanYaml.spec(PLAN + "stable: {soak: 15m, workloads: [{kind: Deployment, name: web}]}\n"));
    return plan;
  }

  /** The Deployment with so many of its three pods ready. */
  private static Workload web(long generation, String reason, int ready) {
    return Workloads.workload(
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("web")
            .withUid("uid-web")
            .withGeneration(generation)
            .endMetadata()
            .withNewSpec()
            .withReplicas(3)
            .endSpec()
            .withNewStatus()
            .withObservedGeneration(generation)
            .withReplicas(3)
            .withUpdatedReplicas(3)
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .addNewCondition()
            .withType("Progressing")
            .withReason(reason)
            .endCondition()
            .endStatus()
            .build());
  }

  private String idleKey(Workload workload) {
    windows(Workloads.of(workload.object())).idle(idle());
    return remembering.windows().get(remembering.windows().size() - 1).watches().get(0).key();
  }

  @Test
  void podsThatCrashNowAndThenDoNotBeginTheMeasuringAnew() {
    var key = idleKey(web(7, "NewReplicaSetAvailable", 3));

    assertThat(idleKey(web(7, "NewReplicaSetAvailable", 0))).isEqualTo(key);
    assertThat(idleKey(web(7, "NewReplicaSetAvailable", 2))).isEqualTo(key);
  }

  @Test
  void aReleaseBeginsTheMeasuringAnewAndSoDoesItsEnd() {
    var before = idleKey(web(7, "NewReplicaSetAvailable", 3));
    var rolling = idleKey(web(8, "ReplicaSetUpdated", 2));
    var after = idleKey(web(8, "NewReplicaSetAvailable", 3));

    assertThat(List.of(before, rolling, after)).doesNotHaveDuplicates();
  }

  private static final String POSTING =
      """
      serviceAccountName: runner
      gates:
      - {name: web, use: Health, workload: {kind: Deployment, name: web}}
      - {name: ready, use: OnDemand, http: {url: "http://shop/ready"}}
      - {name: book, use: OnDemand, http: {url: "http://shop/book", method: POST}}
      levels:
      - name: back
        actions:
        - {name: restart, verify: [book, ready], restart: {workloads: [{kind: Deployment, name: web}]}}
      """;

  private static RunSnapshot acting(Integer action, ActionStatus... actions) {
    return RunSnapshotBuilder.builder()
        .now(BEGIN)
        .plan(PlanYaml.spec(POSTING))
        .run(
            RunStatusBuilder.builder()
                .uid("uid")
                .phase(Phase.Acting)
                .level(0)
                .action(action)
                .levels(List.of(LevelStatus.waiting("back").withActions(List.of(actions))))
                .startedAt(BEGIN)
                .measuringSince(BEGIN)
                .build())
        .build();
  }

  private List<List<String>> measured() {
    return remembering.windows().stream()
        .map(window -> window.watches().stream().map(watch -> watch.gate().name()).toList())
        .toList();
  }

  @Test
  void theGatesThatProveAnActionAreAskedWhenItIsDoneAndNotBefore() {
    // given
    var sampler = windows(Workloads.of());
    var done = ActionStatus.begun("restart", BEGIN);

    // when
    sampler.running(new RollbackPlan(), acting(null), Map.of(), ItemAnswers.NONE);
    sampler.running(new RollbackPlan(), acting(0), Map.of(), ItemAnswers.NONE);
    sampler.running(new RollbackPlan(), acting(0, done), Map.of(), ItemAnswers.NONE);
    var proving = acting(0, done.withProvingSince(BEGIN));
    var asked = proving.withRun(proving.run().withAsking("book").withAskedAt(BEGIN));
    sampler.running(new RollbackPlan(), proving, Map.of(), ItemAnswers.NONE);
    sampler.running(new RollbackPlan(), asked, Map.of(), ItemAnswers.NONE);

    // then: a POST is not sent while the level is entered, approved or acts, nor before its turn
    assertThat(measured())
        .containsExactly(
            List.of("web"),
            List.of("web"),
            List.of("web"),
            List.of("web", "ready"),
            List.of("web", "ready", "book"));
  }

  private GateWindows windows(WorkloadLookup workloads) {
    var wakeups = new SimulatedWakeups(() -> {});
    return new GateWindows(remembering, workloads, wakeups, new StopConditions());
  }
}
