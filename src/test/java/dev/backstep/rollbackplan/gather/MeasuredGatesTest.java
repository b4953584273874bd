package dev.backstep.rollbackplan.gather;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.gate.Window;
import dev.backstep.measure.Pace;
import dev.backstep.rollbackplan.check.StopConditions;
import dev.backstep.rollbackplan.watch.SimulatedWakeups;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which gates are measured when. */
class MeasuredGatesTest {
  private static final Instant BEGIN = Instant.parse("2026-11-21T14:05:00Z");

  private static final String PLAN =
      """
      serviceAccountName: runner
      gates:
      - {name: health, use: Health, workload: {kind: Deployment, name: web}}
      - {name: order, use: Health, http: {service: {name: web, port: 80}, method: POST}}
      - {name: complaints, use: OnDemand, workload: {kind: Deployment, name: web}}
      - {name: backlog, use: OnDemand, workload: {kind: Deployment, name: web}}
      - {name: ready, use: OnDemand, workload: {kind: Deployment, name: web}}
      - {name: quiet, use: OnDemand, workload: {kind: Deployment, name: web}}
      - {name: asked, use: OnDemand, workload: {kind: Deployment, name: web}}
      - {name: load, use: Evidence, workload: {kind: Deployment, name: web}}
      symptoms:
      - {name: Errors, levels: [back], gates: [complaints]}
      levels:
      - {name: back, gates: [backlog], preconditions: [ready], actions: [{name: back}]}
      stopConditions:
      - {name: asked, before: back, when: "gates['asked'] == 'Healthy'", message: Stop.}
      release: {gates: [quiet]}
      """;

  private final RememberingSampler sampler = new RememberingSampler();
  private final GateWindows gates =
      new GateWindows(
          sampler, Workloads.of(), new SimulatedWakeups(() -> {}), new StopConditions());

  private static RollbackPlan plan(String more) {
    var plan = new RollbackPlan();
    plan.setMetadata(
        new ObjectMetaBuilder().withNamespace("shop").withName("web").withUid("uid").build());
    plan.setSpec(PlanYaml.spec(PLAN + more));
    return plan;
  }

  private static RunStatusBuilder in(Phase phase) {
    return RunStatusBuilder.builder()
        .uid("run")
        .phase(phase)
        .startedAt(BEGIN)
        .measuringSince(BEGIN)
        .levels(List.of(LevelStatus.waiting("back")));
  }

  private static RunSnapshot snapshot(RunStatusBuilder run) {
    return RunSnapshotBuilder.builder()
        .now(BEGIN)
        .plan(PlanYaml.spec(PLAN))
        .run(run.build())
        .build();
  }

  private List<String> measured() {
    return sampler.windows().get(sampler.windows().size() - 1).watches().stream()
        .map(watch -> watch.gate().name())
        .sorted()
        .toList();
  }

  private List<String> measured(RunStatusBuilder run) {
    gates.running(plan(""), snapshot(run), Map.of(), ItemAnswers.NONE);
    return measured();
  }

  @Test
  void withoutARunTheHealthGatesAreThatAreMeasuredAgainAndAgain() {
    gates.idle(plan(""));

    assertThat(measured()).containsExactly("health");
  }

  @Test
  void theyRestWhileNothingIsSoaking() {
    var soaking = plan("");
    soaking.setStatus(
        RollbackPlanStatusBuilder.builder()
            .stableCandidate(new StableCandidate("bs-stable-1", BEGIN, null))
            .build());

    gates.idle(plan(""));
    gates.idle(soaking);

    assertThat(sampler.windows()).extracting(Window::pace).containsExactly(Pace.RESTING, Pace.OWN);
  }

  @Test
  void nothingIsMeasuredForAPlanThatIsSuspendedOrDeleted() {
    var deleted = plan("");
    deleted.getMetadata().setDeletionTimestamp(BEGIN.toString());

    assertThat(gates.idle(plan("suspend: true\n"))).isEmpty();
    assertThat(gates.idle(deleted)).isEmpty();

    assertThat(sampler.windows()).isEmpty();
    assertThat(sampler.stopped()).containsExactly("uid", "uid");
  }

  @Test
  void aRunIsMeasuredAlsoWhileThePlanIsSuspended() {
    gates.running(
        plan("suspend: true\n"), snapshot(in(Phase.Soaking).level(0)), Map.of(), ItemAnswers.NONE);

    assertThat(measured()).contains("health");
  }

  @Test
  void inARunEvidenceIsMeasuredBesideWhatSaysHowThingsAre() {
    assertThat(measured(in(Phase.Checking))).containsExactly("health", "load");
  }

  @Test
  void theGatesOfTheSymptomCountAlsoWhereTheLevelHasItsOwn() {
    assertThat(measured(in(Phase.Verifying).level(0).symptom("Errors")))
        .containsExactly("backlog", "complaints", "health", "load");
    assertThat(measured(in(Phase.Checking).symptom("Errors")))
        .containsExactly("complaints", "health", "load");
  }

  @Test
  void whatDecidesWhetherALevelIsEnteredIsMeasuredUntilItActs() {
    assertThat(measured(in(Phase.Acting).level(0))).contains("ready", "asked");
    assertThat(measured(in(Phase.Acting).level(0).action(0))).doesNotContain("ready", "asked");
  }

  @Test
  void whatAReleaseWaitsForIsMeasuredThenOnly() {
    assertThat(measured(in(Phase.Releasing).level(0))).contains("quiet");
    assertThat(measured(in(Phase.Verifying).level(0))).doesNotContain("quiet");
  }

  @Test
  void aGateThatIsMeasuredOnceIsAskedWhenItIsItsTurnAndAnewInTheNextLevel() {
    var first = in(Phase.Verifying).level(0).asking("order").askedAt(BEGIN);
    var later = in(Phase.Verifying).level(0).asking("order").askedAt(BEGIN.plusSeconds(60));

    assertThat(measured(in(Phase.Verifying).level(0))).doesNotContain("order");
    assertThat(measured(first)).contains("order");
    assertThat(measured(later)).contains("order");
    assertThat(sampler.windows().subList(1, 3))
        .flatExtracting(Window::watches)
        .filteredOn(watch -> watch.gate().name().equals("order"))
        .extracting(Window.Watch::key)
        .doesNotHaveDuplicates();
  }

  @Test
  void beforeAnythingIsTouchedNoGateIsWaitedForLong() {
    gates.running(plan(""), snapshot(in(Phase.Checking)), Map.of(), ItemAnswers.NONE);
    gates.running(plan(""), snapshot(in(Phase.Verifying).level(0)), Map.of(), ItemAnswers.NONE);

    assertThat(sampler.windows())
        .extracting(Window::pace)
        .containsExactly(Pace.atLeastEvery(Duration.ofSeconds(15)), Pace.OWN);
  }

  @Test
  void measurementsKnowWhenTheEffectsWereObservedThatTheyJudge() {
    measured(in(Phase.Checking));
    assertThat(sampler.scope().observedAt()).as("nothing was done").isEmpty();

    measured(in(Phase.Verifying).level(0));
    assertThat(sampler.scope().observedAt()).contains(BEGIN);

    measured(in(Phase.Releasing).level(0));
    assertThat(sampler.scope().observedAt()).isEmpty();
  }

  @Test
  void measurementsKnowTheValueAtTheStartWhateverProcessMeasuredIt() {
    // given
    var start = new Evidence("health", Evidence.Moment.Start, BEGIN, "12 open orders", "12");
    var none = new Evidence("load", Evidence.Moment.Start, BEGIN, "unknown host", null);
    var end = new Evidence("load", Evidence.Moment.End, BEGIN, "7 open orders", "7");

    // when
    measured(in(Phase.Verifying).level(0).evidence(List.of(start, none, end)));

    // then
    var scope = sampler.scope();
    assertThat(scope.with().gate("health").build().before()).isEqualTo(IntNode.valueOf(12));
    assertThat(scope.with().gate("load").build().before()).isEqualTo(NullNode.instance);
  }
}
