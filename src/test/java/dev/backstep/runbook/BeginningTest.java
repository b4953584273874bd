package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.gate;
import static dev.backstep.runbook.Plans.gatedBy;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.QUESTION;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BeginningTest {
  private static final Duration CAP = Duration.ofSeconds(60);
  private static final Duration FLAPPING = Duration.ofMinutes(10);

  @Test
  void aRunLooksBeforeItTouchesAnything() {
    // given
    var snapshot = run().in(Phase.Pending).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Checking);
    assertThat(next.reason()).isEqualTo(Reasons.PREFLIGHT_PASSED);
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
    assertThat(next.level()).isNull();
  }

  @Test
  void entryAlwaysBeginsWithTheFirstLevelAtOnce() {
    // given
    var snapshot = run().in(Phase.Pending).entry(Run.Entry.Always).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isZero();
    assertThat(next.levels().get(0).startedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void aPreflightProblemOfTheFirstLevelAsksBeforeAnythingElse() {
    // given
    var snapshot =
        run()
            .in(Phase.Pending)
            .entry(Run.Entry.Always)
            .problem("restart", "runner may not patch Deployment web.")
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.reason()).isEqualTo(Reasons.PREFLIGHT);
    assertThat(next.question().id()).isEqualTo("q-" + (SEQ + 1)).isNotEqualTo(QUESTION);
    assertThat(next.question().choices()).containsExactly(Choice.Retry, Choice.NextLevel);
    assertThat(next.question().message())
        .contains("Level restart", "runner may not patch Deployment web.");
  }

  @Test
  void aPreflightProblemOfALaterLevelDoesNotKeepTheFirstFromActing() {
    // given
    var snapshot = run().in(Phase.Pending).problem("revert", "no stable revision").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Checking);
  }

  @Test
  void aPreflightProblemOfTheOnlyLevelOffersNoNextLevel() {
    // given
    var snapshot =
        run()
            .in(Phase.Pending)
            .levels(level("restart", "restart-web"))
            .problem("restart", "runner may not patch Deployment web.")
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().choices()).containsExactly(Choice.Retry);
  }

  @Test
  void alreadyHealthyEndsWithoutTouchingAnything() {
    // given
    var snapshot = run().in(Phase.Checking).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Recovered);
    assertThat(next.reason()).isEqualTo(Reasons.ALREADY_HEALTHY);
    assertThat(next.active()).isFalse();
    assertThat(next.endedAt()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("Nothing was touched", "entry: Always");
  }

  @Test
  void alreadyHealthyWhileAnEarlierRunHoldsSomethingIsMitigated() {
    // given
    var snapshot =
        run()
            .in(Phase.Checking)
            .green("api", 3)
            .holding(Plans.hold("INC-41", "worker", START))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Mitigated);
    assertThat(next.message()).contains("Still off: Deployment worker");
  }

  @Test
  void oneUnhealthyGateIsEnoughToEnterTheFirstLevel() {
    // given
    var snapshot = run().in(Phase.Checking).gates(gate("api"), gate("jobs")).red("jobs", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.LEVEL_ENTERED);
    assertThat(next.level()).isZero();
    assertThat(next.action()).isNull();
    assertThat(next.levelSince()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("jobs", "503", "level 1/2, restart");
  }

  @Test
  void fewerRedsThanTheLimitDecideNothing() {
    // given
    var snapshot = run().in(Phase.Checking).red("api", 2).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(CAP)));
  }

  @Test
  void aSystemThatCannotBeMeasuredIsAnEmergency() {
    // given
    var snapshot = run().in(Phase.Checking).error("api", 4).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isZero();
    assertThat(next.message()).contains("could not be measured");
  }

  @Test
  void anUndecidedGateKeepsAHealthyOneFromEndingTheRun() {
    // given
    var snapshot =
        run()
            .in(Phase.Checking)
            .gates(gate("api"), gate("jobs"))
            .green("api", 3)
            .green("jobs", 2)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(CAP)));
  }

  @Test
  void afterTheCapAGateInErrorDoesNotDelayTheFirstLevel() {
    // given
    var snapshot = run().in(Phase.Checking).error("api", 1).after(CAP).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void beforeTheCapAGateInErrorIsGivenTime() {
    // given
    var snapshot = run().in(Phase.Checking).error("api", 3).after(CAP.minusSeconds(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(CAP)));
  }

  @Test
  void afterTheCapGatesThatCanBeMeasuredAreMeasuredOn() {
    // given
    var snapshot = run().in(Phase.Checking).red("api", 2).after(CAP.plusSeconds(5)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(CAP).plus(FLAPPING)));
  }

  @Test
  void gatesThatFlapForTenMinutesAreNotHealthy() {
    // given
    var late = CAP.plus(FLAPPING);
    var snapshot = run().in(Phase.Checking).red("api", 2).after(late).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void beforeTheFirstLevelAllGatesOfThePlanCount() {
    // given
    var snapshot =
        run()
            .in(Phase.Checking)
            .gates(gate("api"), gate("jobs"))
            .levels(gatedBy(level("restart", "restart-web"), "api"))
            .green("api", 3)
            .red("jobs", 3)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void leavingOutTheFirstLevelDoesNotLeaveOutTheLook() {
    // given
    var snapshot = run().asking(Ask.PREFLIGHT).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isIn(Phase.Pending, Phase.Checking);
  }

  @Test
  void leavingOutTheFirstLevelRemembersItAsNotExecutable() {
    // given
    var snapshot = run().asking(Ask.PREFLIGHT).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels().get(0).outcome())
        .isEqualTo(LevelStatus.Outcome.NotExecutable);
  }
}
