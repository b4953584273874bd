package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.Plans.onInconclusive;
import static dev.backstep.runbook.Plans.onUnhealthy;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.OnceResult;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LookingTest {
  private static final Duration WITHIN = Duration.ofMinutes(2);
  private static final Duration SOAK = Duration.ofMinutes(15);
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Level FIRST = level("restart", "restart-web");
  private static final Level LAST = level("revert", "revert-web");

  private static RunSnapshots onFirst(Phase phase) {
    return run().in(phase, 0).begun(ended("restart-web", ActionStatus.Outcome.Succeeded));
  }

  private static RunSnapshots onLast(Phase phase) {
    return run().in(phase, 1).begun(ended("revert-web", ActionStatus.Outcome.Succeeded));
  }

  @Test
  void undecidedGatesAreAwaitedUntilTheirDeadline() {
    // given
    var snapshot = onFirst(Phase.Verifying).red("api", 1).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(WITHIN)));
  }

  @Test
  void healthyGatesHaveToStaySoForTheSoak() {
    // given
    var snapshot = onFirst(Phase.Verifying).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Soaking);
    assertThat(next.reason()).isEqualTo(Reasons.HEALTHY);
    assertThat(next.mitigatedAt()).isEqualTo(snapshot.now());
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.measuringSince()).isEqualTo(START);
    assertThat(next.message()).contains("15m");
  }

  @Test
  void withoutASoakTheRunEndsAtOnce() {
    // given
    var snapshot = onFirst(Phase.Verifying).soak("0s").green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Recovered);
    assertThat(next.mitigatedAt()).isEqualTo(snapshot.now());
    assertThat(next.endedAt()).isEqualTo(snapshot.now());
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Healthy);
  }

  @Test
  void withoutASoakARunThatHoldsSomethingIsMitigated() {
    // given
    var snapshot = onFirst(Phase.Verifying).soak("0s").green("api", 3).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Mitigated);
  }

  @Test
  void notHealthyInTimeClimbs() {
    // given
    var snapshot = onFirst(Phase.Verifying).red("api", 3).after(WITHIN).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.action()).isNull();
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Unhealthy);
    assertThat(next.levels().get(0).endedAt()).isEqualTo(snapshot.now());
    assertThat(next.levels().get(1).startedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void notHealthyInTimeAsksWhereTheLevelAsks() {
    // given
    var snapshot =
        onFirst(Phase.Verifying)
            .levels(onUnhealthy(FIRST, Level.Next.Ask), LAST)
            .red("api", 3)
            .after(WITHIN)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.UNHEALTHY);
    assertThat(next.question().choices())
        .containsExactly(Choice.Retry, Choice.NextLevel, Choice.Accept);
  }

  @Test
  void anAnswerThatIsThereBeforeTheQuestionIsNoneToIt() {
    // given
    var snapshot =
        onFirst(Phase.Verifying)
            .levels(onUnhealthy(FIRST, Level.Next.Ask), LAST)
            .red("api", 3)
            .after(WITHIN)
            .answered("q-" + (RunSnapshots.SEQ + 1), Choice.Accept)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().id())
        .isNotEqualTo(snapshot.wish().answer().question());
  }

  @Test
  void noLevelLeftExhaustsTheRun() {
    // given
    var snapshot = onLast(Phase.Verifying).red("api", 3).after(WITHIN).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Exhausted);
    assertThat(next.reason()).isEqualTo(Reasons.EXHAUSTED);
    assertThat(next.active()).isFalse();
    assertThat(next.endedAt()).isEqualTo(snapshot.now());
    assertThat(next.levels().get(1).outcome()).isEqualTo(LevelStatus.Outcome.Unhealthy);
  }

  @Test
  void anExhaustedRunSaysWhatItStillHolds() {
    // given
    var snapshot = onLast(Phase.Verifying).red("api", 3).after(WITHIN).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message()).contains("Still off: Deployment worker");
  }

  @Test
  void aQuestionOnTheLastLevelDoesNotOfferTheNext() {
    // given
    var snapshot =
        onLast(Phase.Verifying)
            .levels(FIRST, onUnhealthy(LAST, Level.Next.Ask))
            .red("api", 3)
            .after(WITHIN)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().choices())
        .containsExactly(Choice.Retry, Choice.Accept);
  }

  @Test
  void notMeasurableAsks() {
    // given
    var snapshot = onFirst(Phase.Verifying).error("api", 4).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
    assertThat(next.levels().get(0).endedAt()).isNull();
  }

  @Test
  void notMeasurableClimbsWhereThePlanSaysSo() {
    // given
    var snapshot =
        onFirst(Phase.Verifying)
            .levels(onInconclusive(FIRST, Level.Next.NextLevel), LAST)
            .error("api", 4)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Inconclusive);
  }

  @Test
  void theSoakIsAwaited() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(SOAK)));
  }

  @Test
  void healthyThroughTheSoakIsRecovered() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 3).after(SOAK).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Recovered);
    assertThat(next.reason()).isEqualTo(Reasons.SOAKED);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Healthy);
    assertThat(next.levels().get(1).startedAt()).isNull();
  }

  @Test
  void theSoakDoesNotEndBeforeSomebodyHasLookedWhatOthersUndid() {
    // given
    var soaked = onFirst(Phase.Soaking).green("api", 3).after(SOAK).work(null).build();

    // when
    var decision = Engine.decide(soaked);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void healthyThroughTheSoakWhileSomethingIsHeldIsMitigated() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 3).after(SOAK).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Mitigated);
    assertThat(next.message())
        .contains(
            "Still off: Deployment worker (3 -> 0, run INC-42, action stop-worker)", "Released");
  }

  @Test
  void redInTheSoakClimbs() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 9).red("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.message()).contains("did not stay healthy");
  }

  @Test
  void redInTheSoakAsksWhereTheLevelAsks() {
    // given
    var snapshot =
        onFirst(Phase.Soaking)
            .levels(onUnhealthy(FIRST, Level.Next.Ask), LAST)
            .red("api", 3)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNHEALTHY);
  }

  @Test
  void oneRedInTheSoakDecidesNothing() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 9).red("api", 1).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(SOAK)));
  }

  @Test
  void theEndOfASoakIsNotWaitedForWhileItMovesAway() {
    // given: what is measured 1 ms before the end of the soak fails
    var snapshot =
        onFirst(Phase.Soaking).green("api", 9).error("api", 1).after(SOAK.minusMillis(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(snapshot.now().plusSeconds(5)));
  }

  @Test
  void theSoakDoesNotEndOnARedGate() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 9).red("api", 1).after(SOAK).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void notMeasurableInTheSoakAsks() {
    // given
    var snapshot = onFirst(Phase.Soaking).green("api", 9).error("api", 4).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
  }

  @Test
  void notMeasurableInTheSoakAsksAlsoWhereTheLevelWouldClimb() {
    // given
    var snapshot =
        onFirst(Phase.Soaking)
            .levels(onInconclusive(FIRST, Level.Next.NextLevel), LAST)
            .green("api", 9)
            .error("api", 4)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.AwaitingAnswer);
  }

  @Test
  void aGapInTheMeasurementsBeginsTheSoakAnew() {
    // given
    var snapshot =
        onFirst(Phase.Soaking)
            .countingSince(Duration.ofMinutes(10))
            .green("api", 3)
            .after(SOAK)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Soaking);
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("the soak begins again");
  }

  @Test
  void aShortGapDoesNotBeginTheSoakAnew() {
    // given
    var snapshot =
        onFirst(Phase.Soaking)
            .countingSince(Duration.ofSeconds(30))
            .green("api", 3)
            .after(SOAK)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Recovered);
  }

  private static RunSnapshots looking() {
    return run()
        .gates(Plans.gate("api"), Plans.manual("look"))
        .levels(Plans.gatedBy(FIRST, "api", "look"), LAST)
        .in(Phase.Verifying, 0)
        .begun(ended("restart-web", ActionStatus.Outcome.Succeeded))
        .green("api", 3);
  }

  private static RunSnapshots asked() {
    return looking().status(run -> run.asking("look").askedAt(START));
  }

  @Test
  void aGateThatIsMeasuredOnceIsAskedAfterTheOthersAreHealthy() {
    // given
    var snapshot = looking().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Verifying);
    assertThat(next.asking()).isEqualTo("look");
    assertThat(next.askedAt()).isEqualTo(snapshot.now());
    assertThat(next.message())
        .isEqualTo(
            "Gate api is healthy. Now gate look. Somebody look and answer by an Approval with item"
                + " look, level restart and hash h0: Open the shop in a browser.");
  }

  @Test
  void itsTimeBeginsWhenItIsAsked() {
    // given
    var snapshot =
        looking()
            .after(WITHIN)
            .status(run -> run.asking("look").askedAt(START.plus(WITHIN)))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(WITHIN).plus(WITHIN)));
  }

  @Test
  void greenIsRememberedAndNotAskedAgain() {
    // given
    var snapshot = asked().green("look", 1).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.asking()).isNull();
    assertThat(next.once()).containsExactly(new OnceResult("look", true, "200 OK"));
    assertThat(advanced(Engine.decide(snapshot.withRun(next))).phase()).isEqualTo(Phase.Soaking);
  }

  @Test
  void redIsUnhealthyAtOnceWhereItIsMeasuredOnce() {
    // given
    var snapshot = asked().red("look", 1).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).level()).isEqualTo(1);
    assertThat(advanced(decision).levels().get(0).outcome())
        .isEqualTo(LevelStatus.Outcome.Unhealthy);
  }

  @Test
  void whatNobodyLooksAtInTimeIsNotMeasurable() {
    // given
    var snapshot = asked().unmeasured("look").after(WITHIN).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
  }

  @Test
  void aLevelWithNothingButOnceGatesSaysWhatItKnows() {
    // given
    var snapshot =
        looking()
            .levels(Plans.gatedBy(FIRST, "look"), LAST)
            .in(Phase.Soaking, 0)
            .after(SOAK)
            .status(run -> run.once(List.of(new OnceResult("look", true, "200 OK"))))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Recovered);
    assertThat(advanced(decision).message())
        .isEqualTo("Every gate that is measured once is green.");
  }

  @Test
  void aStepOfALongerProcedureIsFollowedByTheNextWithoutASoak() {
    // given
    var step = FIRST.withOnHealthy(Level.OnHealthy.NextLevel);
    var snapshot = run().levels(step, LAST).in(Phase.Verifying, 0).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.deliberate()).isTrue();
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Healthy);
  }

  @Test
  void theLastStepOfALongerProcedureSoaks() {
    // given
    var step = LAST.withOnHealthy(Level.OnHealthy.NextLevel);
    var snapshot = run().levels(step).in(Phase.Verifying, 0).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Soaking);
  }

  @Test
  void nothingIsDestroyedBecauseTheGatesCannotBeMeasured() {
    // given
    var snapshot =
        run()
            .levels(onInconclusive(FIRST, Level.Next.NextLevel), LAST)
            .in(Phase.Verifying, 0)
            .destructive(false, "revert")
            .error("api", 4)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.INCONCLUSIVE);
  }

  @Test
  void whatSomebodyElseUndidInTheSoakAsks() {
    // given
    var undone = new Work.Overwritten(List.of("restart-web"), "Deployment web: image v2 -> v1.");
    var snapshot = onFirst(Phase.Soaking).work(undone).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.OVERWRITTEN);
    assertThat(question.about()).isEqualTo("restart-web");
    assertThat(question.choices())
        .containsExactly(Choice.Retry, Choice.Proceed, Choice.NextLevel, Choice.Accept);
  }

  @Test
  void whatAHumanLeftOverwrittenIsNotAskedAboutAgain() {
    // given
    var undone = new Work.Overwritten(List.of("restart-web"), "Deployment web: image v2 -> v1.");
    var snapshot =
        onFirst(Phase.Soaking)
            .work(undone)
            .agreed(Agreement.of(Agreement.What.Overwritten))
            .green("api", 3)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(SOAK)));
  }

  private static Streak healthySince(Duration ago) {
    var gate = Plans.gate("api");
    var streak = Streak.startedAt(START.plus(ago));
    for (var i = 0; i < 3; i++) {
      streak = streak.and(Reading.green("200 OK"), GateLimits.of(gate));
    }
    return streak;
  }

  private static RunSnapshot soaking(Streak streak) {
    return onFirst(Phase.Soaking)
        .after(SOAK)
        .world(snapshot -> snapshot.gates(Map.of("api", streak)))
        .build();
  }

  @Test
  void theTimeInWhichAGateCouldNotBeMeasuredDoesNotCountForTheSoak() {
    // given
    var streak =
        healthySince(Duration.ZERO).with().lastAt(START.plus(SOAK)).blind(Duration.ofMinutes(4));
    var snapshot = soaking(streak.build());

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(SOAK).plus(Duration.ofMinutes(4))));
  }

  @Test
  void aGapInTheMiddleBeginsTheSoakAnewThoughTheProcessIsTheSame() {
    // given
    var again = START.plus(Duration.ofMinutes(9));
    var streak = healthySince(Duration.ZERO).with().lastAt(START.plus(SOAK)).unbrokenSince(again);
    var snapshot = soaking(streak.build());

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Soaking);
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("the soak begins again");
  }

  /** Three errors and a green one, all of them between two looks. */
  @Test
  void aGateThatWasNotHealthyForAMomentBeginsTheSoakAnew() {
    // given
    var again = START.plus(Duration.ofMinutes(9));
    var streak = healthySince(Duration.ZERO).with().lastAt(START.plus(SOAK)).recoveredAt(again);
    var snapshot = soaking(streak.build());

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Soaking);
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("not healthy for a moment; the soak begins again");
  }

  @Test
  void whatRecoveredBeforeTheSoakIsNotLookedAtAgain() {
    // given
    var streak =
        healthySince(Duration.ZERO)
            .with()
            .lastAt(START.plus(SOAK))
            .recoveredAt(START.plusNanos(999_999));

    // when
    var next = advanced(Engine.decide(soaking(streak.build())));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Recovered);
  }

  @Test
  void aSystemThatNobodyMeasuresNowHasNotSoaked() {
    // given
    var streak = healthySince(Duration.ZERO).withLastAt(START.plus(SOAK).minusSeconds(31));
    var snapshot = soaking(streak);

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(snapshot.now().plusSeconds(5)));
  }

  @Test
  void aStepThatHealedIsMitigatedThoughTheNextOneFollows() {
    // given
    var first = level("restart", "restart-web").withOnHealthy(Level.OnHealthy.NextLevel);
    var snapshot =
        onFirst(Phase.Verifying)
            .levels(first, level("revert", "revert-web"))
            .green("api", 3)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.mitigatedAt()).isEqualTo(snapshot.now());
  }
}
