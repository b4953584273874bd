package dev.backstep.runbook;

import static dev.backstep.runbook.Plans.gate;
import static dev.backstep.runbook.Plans.gatedBy;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.measure.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatesTest {
  private static final Duration WITHIN = Duration.ofMinutes(2);

  private static RunSnapshots verifying(String... gates) {
    var names = gates.length == 0 ? new String[] {"api"} : gates;
    var all = new Gate[names.length];
    for (var i = 0; i < names.length; i++) {
      all[i] = gate(names[i]);
    }
    return run().gates(all).in(Phase.Verifying, 0);
  }

  @Test
  void allGreenIsHealthy() {
    // given
    var snapshot = verifying("api", "jobs").green("api", 3).green("jobs", 3).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void redBeforeItsTimeIsOverMaySimplyBeStarting() {
    // given
    var snapshot = verifying().red("api", 9).after(WITHIN.minusSeconds(1)).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void notHealthyInTimeIsUnhealthy() {
    // given
    var snapshot = verifying().red("api", 1).green("api", 2).after(WITHIN).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void healthyAfterItsTimeIsHealthy() {
    // given
    var snapshot = verifying().green("api", 3).after(WITHIN.plusSeconds(1)).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void notMeasurableIsInconclusiveBeforeItsTimeIsOver() {
    // given
    var snapshot = verifying().error("api", 4).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(gates.message()).contains("api (unknown host)", "neither good nor bad");
  }

  @Test
  void notMeasurableWhenItsTimeIsOverIsInconclusive() {
    // given
    var snapshot = verifying().error("api", 1).after(WITHIN).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void notMeasuredOnceInTimeIsNotUnhealthy() {
    // given
    var snapshot = verifying().unmeasured("api").after(WITHIN).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void unhealthyBeatsInconclusive() {
    // given
    var snapshot = verifying("api", "jobs").error("api", 4).red("jobs", 3).after(WITHIN).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
    assertThat(gates.message()).contains("jobs").doesNotContain("api");
  }

  @Test
  void inconclusiveBeatsHealthy() {
    // given
    var snapshot = verifying("api", "jobs").error("api", 4).green("jobs", 3).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void aGateThatMayStillTurnUnhealthyIsAwaitedBeforeInconclusiveIsSaid() {
    // given
    var snapshot = verifying("api", "jobs").error("api", 4).red("jobs", 3).build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void oneGateOutOfTimeIsEnough() {
    // given
    var snapshot =
        run()
            .gates(gate("api", "2m"), gate("slow", "10m"))
            .in(Phase.Verifying, 0)
            .red("api", 3)
            .red("slow", 3)
            .after(WITHIN)
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void aGateThatWasHealthyInTimeMayBlinkWhileAnotherIsAwaited() {
    // given
    var snapshot =
        run()
            .gates(gate("api", "2m"), gate("slow", "10m"))
            .in(Phase.Verifying, 0)
            .green("api", 3)
            .red("api", 1)
            .red("slow", 3)
            .after(WITHIN.plusSeconds(30))
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void aGateThatWasHealthyInTimeAndTurnedRedIsUnhealthyAtItsLimit() {
    // given
    var snapshot =
        run()
            .gates(gate("api", "2m"), gate("slow", "10m"))
            .in(Phase.Verifying, 0)
            .green("api", 3)
            .red("api", 3)
            .red("slow", 3)
            .after(WITHIN.plusSeconds(30))
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void aSingleErrorOfAGateThatWasHealthyInTimeDoesNotDecide() {
    // given
    var snapshot =
        run()
            .gates(gate("api", "2m"), gate("slow", "10m"))
            .in(Phase.Verifying, 0)
            .green("api", 3)
            .error("api", 1)
            .green("slow", 3)
            .after(WITHIN.plusSeconds(30))
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void aNewProcessIsGivenTheTimeToReachAVerdict() {
    // given
    var snapshot =
        verifying()
            .countingSince(WITHIN.minusSeconds(10))
            .green("api", 1)
            .after(WITHIN.plusSeconds(5))
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.PENDING);
  }

  @Test
  void aNewProcessIsNotGivenMoreThanThat() {
    // given
    var snapshot =
        verifying()
            .countingSince(WITHIN.minusSeconds(10))
            .red("api", 3)
            .after(WITHIN.plusSeconds(20))
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void theNextDeadlineIsTheEarliestThatIsStillToCome() {
    // given
    var snapshot =
        run()
            .gates(gate("api", "2m"), gate("slow", "10m"), gate("slower", "20m"))
            .in(Phase.Verifying, 0)
            .unmeasured("api")
            .unmeasured("slow")
            .unmeasured("slower")
            .after(WITHIN)
            .build();

    // when
    var deadline = Gates.nextDeadline(snapshot);

    // then
    assertThat(deadline).isEqualTo(START.plus(Duration.ofMinutes(10)));
  }

  @Test
  void onlyTheGatesOfTheLevelDecideAboutIt() {
    // given
    var snapshot =
        run()
            .gates(gate("api"), gate("jobs"))
            .levels(gatedBy(level("restart", "restart-web"), "api"))
            .in(Phase.Verifying, 0)
            .green("api", 3)
            .red("jobs", 3)
            .after(WITHIN)
            .build();

    // when
    var gates = Gates.within(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.HEALTHY);
  }

  @Test
  void withoutADeadlineRedIsUnhealthyAtItsLimit() {
    // given
    var snapshot = run().in(Phase.Checking).red("api", 3).build();

    // when
    var gates = Gates.now(snapshot);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
    assertThat(gates.message()).isEqualTo("Gate api (503 Service Unavailable): unhealthy.");
  }

  @Test
  void measuringThatBeganWithThePhaseHasNoGap() {
    // given
    var snapshot = run().in(Phase.Soaking, 0).green("api", 3).build();

    // when
    var measured = Gates.measuredThroughout(snapshot, START);

    // then
    assertThat(measured).isTrue();
  }

  @Test
  void measuringThatBeganMoreThanThreeIntervalsLaterHasAGap() {
    // given
    var snapshot =
        run()
            .in(Phase.Soaking, 0)
            .countingSince(Duration.ofSeconds(31))
            .green("api", 3)
            .after(Duration.ofMinutes(2))
            .build();

    // when
    var measured = Gates.measuredThroughout(snapshot, START);

    // then
    assertThat(measured).isFalse();
  }

  @Test
  void aGateThatIsMeasuredOnceIsUnhealthyAtItsFirstRed() {
    // given
    var look = Plans.manual("look");
    var snapshot = run().gates(gate("api"), look).in(Phase.Acting, 0).red("look", 1).build();

    // when
    var gates = Gates.within(snapshot, List.of(look), START);

    // then
    assertThat(gates.verdict()).isEqualTo(Verdict.UNHEALTHY);
  }

  @Test
  void whereNoGateIsMeasuredAgainAndAgainThatIsSaid() {
    // given
    var snapshot = run().in(Phase.Acting, 0).build();

    // when
    var gates = Gates.now(snapshot, List.of());

    // then
    assertThat(gates.message()).isEqualTo("No gate is measured again and again.");
  }
}
