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

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Severity;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BeginningTest {
  private static final Duration CAP = Duration.ofSeconds(60);
  private static final Duration FLAPPING = Duration.ofMinutes(10);
  private static final Level FIRST = level("restart", "restart-web");
  private static final Level LAST = level("revert", "revert-web");

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

  /** Somebody still has to be asked; nothing is touched before it is known. */
  @Test
  void aLevelThatIsStillBeingCheckedIsWaitedFor() {
    // given
    var snapshot =
        run().in(Phase.Pending).entry(Run.Entry.Always).world(it -> it.problems(Map.of())).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Decision.Wait(snapshot.now().plusSeconds(5)));
  }

  @Test
  void whatEachLevelMeansIsRecordedWithItsHash() {
    // given
    var snapshot =
        run()
            .in(Phase.Pending)
            .world(
                it ->
                    it.hashes(Map.of("revert", "h1"))
                        .pins(Map.of("revert", Map.of("revert-web", List.of("stable-1")))))
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.levels().get(1).hash()).isEqualTo("h1");
    assertThat(next.levels().get(1).pins()).containsEntry("revert-web", List.of("stable-1"));
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

  private static RunSnapshots seen(Symptom symptom) {
    return run()
        .gates(gate("api"), gate("own").withUse(Gate.Use.OnDemand), Plans.manual("look"))
        .levels(FIRST, LAST)
        .in(Phase.Checking)
        .symptom(symptom);
  }

  private static Symptom symptom(String observe, String... gates) {
    return new Symptom(
        "Errors",
        null,
        Severity.Critical,
        List.of("restart", "revert"),
        gates.length == 0 ? null : List.of(gates),
        observe,
        null);
  }

  @Test
  void aHumanWhoSeesWhatNoGateSeesIsAsked() {
    // given
    var snapshot = seen(symptom(null)).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.ALREADY_HEALTHY);
    assertThat(question.choices()).containsExactly(Choice.Proceed, Choice.Accept);
    assertThat(question.message())
        .startsWith(
            "Gate api is healthy. But symptom Errors was seen, and no gate of the plan measures it:"
                + " add one to the symptom. Proceed");
  }

  @Test
  void whatATriggerSawAndIsGoneEndsTheRun() {
    // given
    var snapshot =
        seen(symptom(null))
            .green("api", 3)
            .status(run -> run.requestedBy("trigger:latency"))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Recovered);
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.ALREADY_HEALTHY);
  }

  @Test
  void theGatesOfTheSymptomCountBesideTheHealthGates() {
    // given
    var snapshot = seen(symptom(null, "own")).green("api", 3).red("own", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
    assertThat(advanced(decision).deliberate()).isFalse();
  }

  @Test
  void aSymptomThatIsMeasuredOnceCountsAsRedAtTheStart() {
    // given
    var snapshot = seen(symptom(null, "look")).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
    assertThat(advanced(decision).message())
        .startsWith("Symptom Errors is measured by look, which counts as red until");
  }

  @Test
  void aSymptomThatIsOnlyObservedIsNotActedOnBeforeItsTime() {
    // given
    var snapshot = seen(symptom("10m")).red("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(10))));
  }

  @Test
  void aSymptomThatIsMeasuredOnceAndOnlyObservedIsNotActedOnBeforeItsTime() {
    // given
    var snapshot = seen(symptom("10m", "look")).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(10))));
  }

  @Test
  void aSymptomThatGoesByItselfEndsTheRun() {
    // given
    var snapshot = seen(symptom("10m")).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Recovered);
  }

  @Test
  void aSymptomThatStaysIsActedOnAfterItsTime() {
    // given
    var snapshot = seen(symptom("10m")).red("api", 3).after(Duration.ofMinutes(10)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void nothingIsDestroyedBecauseNothingCanBeMeasured() {
    // given
    var snapshot = run().in(Phase.Checking).destructive(false, "restart").error("api", 4).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.NOT_MEASURABLE);
    assertThat(question.choices()).containsExactly(Choice.Retry, Choice.Proceed, Choice.Accept);
  }

  @Test
  void aPlanWhoseOnlyGateIsMeasuredOnceIsNotCalledHealthyUnseen() {
    // given
    var snapshot =
        run().gates(Plans.manual("look").withUse(Gate.Use.Health)).in(Phase.Checking).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
    assertThat(advanced(decision).message())
        .startsWith("No gate is measured again and again. Now level 1/2");
  }

  @Test
  void theHashesThatApprovalsNameArePublishedAtTheStart() {
    // given
    var snapshot = run().hash("revert", "h2").build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels())
        .extracting(LevelStatus::hash)
        .containsExactly(null, "h2");
  }

  /** It may have done what its records do not say. */
  @Test
  void aRunOfAnotherVersionIsNotGoneOnWith() {
    // given
    var snapshot = RunSnapshots.run().in(Phase.Verifying, 0).build();

    // when
    var decision = Engine.decide(snapshot.withRun(snapshot.run().withRecords(null)));

    // then
    var next = Decisions.advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().choices()).containsExactly(Choice.Accept);
    assertThat(next.message()).contains("begun by another version of Backstep");
  }
}
