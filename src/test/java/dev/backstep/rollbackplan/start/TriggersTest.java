package dev.backstep.rollbackplan.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.api.v1alpha1.status.TriggerStatus;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.GateLimits;
import dev.backstep.testing.PlanYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a run begins without a human. */
class TriggersTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private static final String PLAN =
      """
      gates:
      - {name: api, use: Health, interval: 10s, consecutiveSuccessLimit: 3,
         consecutiveFailureLimit: 2, consecutiveErrorLimit: 4,
         workload: {kind: Deployment, name: web}}
      levels:
      - name: restart
        actions: [{name: a, restart: {workloads: [{kind: Deployment, name: web}]}}]
      triggers:
      """;

  private static final String RED =
      "- {name: down, gates: [api], failingFor: 5m, levels: [restart], mode: Execute, cooldown:"
          + " 1h}";
  private static final String NIGHTLY =
      "- {name: drill, schedule: '0 3 * * *', levels: [restart], mode: Drill, cooldown: 1h,"
          + " failingFor: 5m}";

  /** The gate turned red at noon. */
  private static PlanView view(
      String trigger, Instant now, RunStatus run, List<TriggerStatus> known) {
    var plan = new RollbackPlan();
    plan.setSpec(PlanYaml.spec(PLAN + trigger));
    plan.setStatus(RollbackPlanStatusBuilder.builder().run(run).triggers(known).build());
    var gate = plan.getSpec().gates().get(0);
    var streak = Streak.startedAt(NOON.minusSeconds(60));
    for (var i = 0; i < 2; i++) {
      streak = streak.and(Reading.red("503"), GateLimits.of(gate), NOON);
    }
    return new PlanView(
        plan,
        now,
        List.of(),
        Checks.NOTHING,
        Map.of("api", streak),
        null,
        List.of(),
        false,
        List.of());
  }

  private static RunStatus ended(Phase phase, Instant at) {
    return RunStatusBuilder.builder()
        .id("INC-1")
        .phase(phase)
        .active(phase.isOpen())
        .endedAt(at)
        .levels(List.of())
        .build();
  }

  @Test
  void gatesHaveToBeRedForLongEnough() {
    var early = view(RED, NOON.plus(Duration.ofSeconds(299)), null, List.of());
    assertThat(Triggers.due(early)).isEmpty();
    assertThat(Triggers.next(early)).isEqualTo(NOON.plus(Duration.ofMinutes(5)));

    var run = Triggers.due(view(RED, NOON.plus(Duration.ofMinutes(5)), null, List.of()));
    assertThat(run).map(Run::id).contains("down-20261121t120500z");
    assertThat(run).map(Run::requestedBy).contains("trigger:down");
  }

  @Test
  void aTriggerRestsAfterAnyRun() {
    var after = ended(Phase.Exhausted, NOON.plus(Duration.ofMinutes(10)));
    var wanted = NOON.plus(Duration.ofMinutes(69));
    assertThat(Triggers.due(view(RED, wanted, after, List.of()))).isEmpty();
    assertThat(Triggers.due(view(RED, wanted.plusSeconds(60), after, List.of()))).isPresent();
  }

  @Test
  void nothingBeginsWhileARunIsOpenOrSomethingIsOff() {
    var later = NOON.plus(Duration.ofHours(9));
    assertThat(Triggers.due(view(RED, later, ended(Phase.Verifying, null), List.of()))).isEmpty();
    assertThat(Triggers.due(view(RED, later, ended(Phase.Mitigated, NOON), List.of()))).isEmpty();
  }

  @Test
  void aSuspendedPlanHasNoTriggers() {
    var later = NOON.plus(Duration.ofHours(9));
    assertThat(Triggers.due(view(RED, later, null, List.of()))).isPresent();
    assertThat(Triggers.due(view(RED + "\nsuspend: true", later, null, List.of()))).isEmpty();
  }

  @Test
  void aScheduleIsKeptAndCarriedOutOnce() {
    var first = Triggers.track(view(NIGHTLY, NOON, null, List.of()));
    var due = Instant.parse("2026-11-22T03:00:00Z");
    assertThat(first).containsExactly(new TriggerStatus("drill", null, due));
    assertThat(Triggers.due(view(NIGHTLY, due.minusSeconds(1), null, first))).isEmpty();

    var then = view(NIGHTLY, due, null, first);
    var run = Triggers.due(then).orElseThrow();
    assertThat(run.mode()).isEqualTo(Run.Mode.Drill);
    var next = Triggers.started(then, run);
    assertThat(next).containsExactly(new TriggerStatus("drill", due, due.plus(Duration.ofDays(1))));
    assertThat(Triggers.due(view(NIGHTLY, due.plusSeconds(60), null, next))).isEmpty();
  }

  @Test
  void aTimeThatNobodySawIsLeftOut() {
    var missed = List.of(new TriggerStatus("drill", null, NOON.minus(Duration.ofHours(2))));

    assertThat(Triggers.track(view(NIGHTLY, NOON, null, missed)))
        .extracting(TriggerStatus::next)
        .containsExactly(Instant.parse("2026-11-22T03:00:00Z"));
  }

  @Test
  void whatIsDueDuringTheCooldownIsDueAtItsEnd() {
    var due = Instant.parse("2026-11-22T03:00:00Z");
    var known = List.of(new TriggerStatus("drill", null, due));
    var ended = ended(Phase.Completed, due.minus(Duration.ofMinutes(20)));
    var rested = due.plus(Duration.ofMinutes(40));

    var waiting = view(NIGHTLY, due.plusSeconds(1), ended, known);
    var tracked = Triggers.track(waiting);

    assertThat(Triggers.due(waiting)).isEmpty();
    assertThat(tracked).containsExactly(new TriggerStatus("drill", null, rested));
    assertThat(Triggers.due(view(NIGHTLY, rested, ended, tracked))).isPresent();
  }
}
