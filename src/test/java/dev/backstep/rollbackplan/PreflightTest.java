package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.simulation.MemoryCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a plan at rest asks, and when. */
class PreflightTest {
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final String PLAN =
      """
      apiVersion: backstep.dev/v1alpha1
      kind: RollbackPlan
      metadata: {name: '%s', uid: '%s'}
      spec:
        serviceAccountName: runner
        gates:
        - {name: api, interval: 10s, within: 60s, http: {service: {name: web, port: 80}}}
        levels:
        - name: back
          actions:
          - name: image
            rollBack:
              workloads: [{kind: Deployment, name: web}]
              to: {images: [{container: app, image: 'app:v1'}]}
        - name: more
          actions: [{name: again, restart: {workloads: [{kind: Deployment, name: %s}]}}]
      """;

  private final MemoryCluster cluster = new MemoryCluster();

  @BeforeEach
  void shop() {
    cluster.givenDeployment("web", 1, "app:v2");
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
  }

  private void plans(int number, String workload) {
    IntStream.range(0, number)
        .forEach(i -> cluster.given(PLAN.formatted("plan-" + i, "uid-" + i, workload)));
  }

  /** All plans are looked at; what was asked, without the status writes. */
  private List<String> pass(PlanLoop loop) {
    cluster.requests();
    cluster.plans().forEach(plan -> loop.run(plan, cluster::put));
    return cluster.requests().stream()
        .filter(it -> it.contains("serviceaccounts") || it.contains("reviews"))
        .toList();
  }

  private PlanLoop newProcess() {
    return cluster.another(PlanLoop.class);
  }

  @Test
  void aPlanOfTwoLevelsAsksTwiceInFiveMinutes() {
    // given
    plans(1, "web");
    var loop = newProcess();

    // when
    var asked = new HashMap<Integer, Integer>();
    for (var minute = 0; minute < 10; minute++) {
      asked.put(minute, pass(loop).size());
      cluster.pass(Duration.ofMinutes(1));
    }

    // then
    assertThat(asked.values().stream().mapToInt(it -> it).sum()).isEqualTo(4);
    assertThat(asked).containsEntry(0, 2).containsEntry(5, 2);
  }

  @Test
  void aNewProcessDoesNotAskForAllPlansAtOnce() {
    // given
    plans(100, "web");
    pass(newProcess());
    var next = newProcess();

    // when
    var atOnce = pass(next).size();
    var most = 0;
    var all = atOnce;
    for (var second = 0; second < INTERVAL.toSeconds(); second += 10) {
      cluster.pass(Duration.ofSeconds(10));
      var asked = pass(next).size();
      most = Math.max(most, asked);
      all += asked;
    }

    // then
    assertThat(atOnce).isZero();
    assertThat(all).as("each plan once").isEqualTo(200);
    assertThat(most).isLessThan(40);
  }

  @Test
  void whileItsTurnHasNotComeAPlanSaysWhatItSaidBefore() {
    // given
    plans(1, "web");
    pass(newProcess());
    var said = cluster.plan().getStatus().conditions();

    // when
    pass(newProcess());

    // then
    assertThat(cluster.plan().getStatus().conditions()).isEqualTo(said);
  }

  @Test
  void whatCouldNotBeCarriedOutIsLookedAtAtOnce() {
    // given
    plans(1, "absent");
    pass(newProcess());

    // when
    var asked = pass(newProcess());

    // then
    assertThat(asked).isNotEmpty();
    assertThat(cluster.plan().getStatus().levels().get(1).executable()).isFalse();
  }

  @Test
  void soIsWhatWasEditedMeanwhile() {
    // given
    plans(1, "web");
    pass(newProcess());

    // when
    cluster.edit("serviceAccountName: nobody");
    pass(newProcess());

    // then
    assertThat(readyReason(cluster.plan())).isEqualTo("Preflight");
  }

  private static String readyReason(RollbackPlan plan) {
    return plan.getStatus().conditions().stream()
        .filter(it -> it.getType().equals("Ready"))
        .findFirst()
        .orElseThrow()
        .getReason();
  }
}
