package dev.backstep.rollbackplan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.LevelStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.GateLimits;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.runbook.Stop;
import dev.backstep.testing.PlanYaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopConditionsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:05:00Z");

  private static final StopConditions CONDITIONS = new StopConditions();

  private static final String PLAN =
      """
      args: [{name: release}, {name: tenant, default: acme}]
      gates:
      - name: worker
        interval: 10s
        consecutiveSuccessLimit: 1
        consecutiveFailureLimit: 1
        consecutiveErrorLimit: 1
        workload: {kind: Deployment, name: worker}
      levels:
      - {name: one, actions: []}
      - {name: two, actions: []}
      stopConditions:
      - {name: s, %s: %s, when: "%s", message: Stop.}
      run:
        id: INC-1
        reason: the shop shows errors
        requestedBy: alice
        symptom: Errors
        args: [{name: release, value: v2}]
      """;

  private static final Reading GREEN = Reading.green("it is ready");
  private static final Reading RED = Reading.red("it is not ready");
  private static final Reading ERROR = Reading.error("not to be seen");

  /** A run that enters level two, after level one ended so. */
  private static RunSnapshot entering(
      String where, String level, String when, LevelStatus.Outcome before, Reading... seen) {
    var plan = PlanYaml.spec(PLAN.formatted(where, level, when));
    var worker = plan.gates().get(0);
    var streak = Streak.startedAt(NOW);
    for (var reading : seen) {
      streak = streak.and(reading, GateLimits.of(worker));
    }
    var first = LevelStatusBuilder.builder().name("one").outcome(before).build();
    return RunSnapshotBuilder.builder()
        .now(NOW)
        .plan(plan)
        .run(
            RunStatusBuilder.builder()
                .phase(Phase.Acting)
                .level(1)
                .levels(List.of(first, LevelStatus.waiting("two")))
                .build())
        .gates(Map.of("worker", streak))
        .build();
  }

  private static List<Stop> looked(String when, Reading... seen) {
    return CONDITIONS.of(entering("before", "two", when, LevelStatus.Outcome.Unhealthy, seen));
  }

  private static Verdict verdict(String when, Reading... seen) {
    return looked(when, seen).get(0).verdict();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cause == ''| ",
        "gates['api'] == 'Healthy'| api",
        "gates[ \"web-ready\" ] == 'Healthy'| web-ready",
        "gates.api == 'Healthy' && gates['worker'] == gates['api']| api worker",
        "gates.exists(g, gates[g] == 'Unhealthy')| ",
        "gates.size() > 0| ",
        "reason.contains('gates.api')| ",
        "has(gates.api) && !has(gates.web)| api web",
      })
  void theGatesThatAnExpressionNamesAreFoundOnce(String when, String names) throws Exception {
    assertThat(StopConditions.gates(StopConditions.compile(when)))
        .containsExactly(names == null ? new String[0] : names.split(" "));
  }

  @Test
  void gatesThatAreNotNamedCannotBeMeasuredForIt() throws Exception {
    var all = StopConditions.compile("gates.exists(g, gates[g] == 'Unhealthy')");
    var one = StopConditions.compile("gates['api'] == 'Unhealthy' && args.all(a, args[a] != '')");

    assertThat(StopConditions.gatesWithoutNames(all)).isTrue();
    assertThat(StopConditions.gatesWithoutNames(one)).isFalse();
  }

  @Test
  void theGatesThatConcernTheLevelAreMeasured() {
    var snapshot = entering("before", "two", "gates.worker == ''", LevelStatus.Outcome.Unhealthy);

    assertThat(CONDITIONS.concerned(snapshot)).extracting(Gate::name).containsExactly("worker");
  }

  @ParameterizedTest
  @CsvSource({
    "gates['worker'] == 'Healthy'",
    "gates['worker'] != 'Unhealthy'",
    "gates.worker != 'Inconclusive'",
    "reason == 'the shop shows errors'",
    "cause == ''",
    "symptom == 'Errors'",
    "args['release'] == 'v2'",
    "args.tenant == 'acme'",
  })
  void itSeesGatesReasonCauseSymptomAndArgs(String when) {
    assertThat(looked(when, GREEN)).containsExactly(new Stop("s", Verdict.UNHEALTHY, "Stop."));
  }

  @Test
  void notMetIsHealthy() {
    assertThat(verdict("gates['worker'] != 'Healthy'", GREEN)).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void aGateThatIsRedIsUnhealthy() {
    assertThat(verdict("gates['worker'] == 'Unhealthy'", RED)).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void aGateThatCannotBeMeasuredLeavesItOpen() {
    assertThat(verdict("gates['worker'] == 'Unhealthy'", ERROR)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict("gates['worker'] != 'Healthy'", ERROR)).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void whileItsGateIsBeingMeasuredNothingIsSaid() {
    assertThat(verdict("gates['worker'] != 'Healthy'")).isEqualTo(Verdict.PENDING);
  }

  @Test
  void aCauseThatIsAddedDuringTheRunCounts() {
    var snapshot = entering("before", "two", "cause == ''", LevelStatus.Outcome.Unhealthy);
    Run said = snapshot.plan().run().with().cause("release v2").build();

    assertThat(CONDITIONS.of(snapshot.with().wish(said).build()).get(0).verdict())
        .isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void aConditionThatFailsStopsAndSaysSo() {
    var stop = looked("args['other'] == 'x'").get(0);

    assertThat(stop.verdict()).isEqualTo(Verdict.UNHEALTHY);
    assertThat(stop.message()).startsWith("Stop. (The condition itself failed: ");
  }

  @Test
  void beforeAnotherLevelItIsNotLookedAt() {
    var snapshot = entering("before", "one", "true", LevelStatus.Outcome.Unhealthy);

    assertThat(CONDITIONS.of(snapshot)).isEmpty();
  }

  @Test
  void afterALevelItIsLookedAtWhenThatDidNotHeal() {
    var unhealthy = entering("after", "one", "true", LevelStatus.Outcome.Unhealthy);
    var healthy = entering("after", "one", "true", LevelStatus.Outcome.Healthy);
    var leftOut = entering("after", "one", "true", LevelStatus.Outcome.LeftOut);

    assertThat(CONDITIONS.of(unhealthy)).hasSize(1);
    assertThat(CONDITIONS.of(healthy)).isEmpty();
    assertThat(CONDITIONS.of(leftOut)).isEmpty();
  }

  @Test
  void onceTheLevelActsItIsNotLookedAt() {
    var snapshot = entering("before", "two", "true", LevelStatus.Outcome.Unhealthy);
    var acting = snapshot.withRun(snapshot.run().withAction(0));

    assertThat(CONDITIONS.of(acting)).isEmpty();
  }
}
