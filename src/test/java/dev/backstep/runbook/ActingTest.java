package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.after;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.Plans.onActionFailure;
import static dev.backstep.runbook.Plans.onUnhealthy;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static dev.backstep.runbook.Works.NOTHING_GOES_ON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActingTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: restart all pods");
  private static final Work ROLLING = new Work.Rolling("1 of 3 pods is new.");
  private static final Work OBSERVED = new Work.Observed("All pods are new.");
  private static final Work STUCK = new Work.Stuck("ProgressDeadlineExceeded.");
  private static final Work IMPOSSIBLE = new Work.Impossible("Forbidden", "May not patch web.");

  /** An action that ends now, and has nothing going on. */
  private static RunStatus stopped(RunSnapshot snapshot) {
    return advanced(Engine.decide(after(snapshot, Engine.decide(snapshot))));
  }

  /** A level whose second action destroys something; what became of its backup. */
  private static RunSnapshots afterBackup(Outcome backup) {
    return run()
        .in(Phase.Acting, 0)
        .levels(level("data", "backup", "restore"))
        .backedUp("restore", "backup")
        .begun(ended("backup", backup), underWay("restore", 0))
        .work(TO_DO);
  }

  @Test
  void nothingIsDestroyedWithoutAskingWhereTheBackupWasLeftOut() {
    // when
    var asked = advanced(Engine.decide(afterBackup(Outcome.Skipped).build()));

    // then
    assertThat(asked.question().reason()).isEqualTo(Reasons.STOP_CONDITION);
    assertThat(asked.question().message())
        .startsWith(
            "Stop condition no-backup-before-destruction, before level data: Action restore destroys something, and the backup before it in the same level was left out: backup.");
  }

  @Test
  void aBackupOfAnotherDatabaseIsNone() {
    // given
    var other = Map.of("restore", Set.of("backup"));
    var acting = afterBackup(Outcome.Succeeded).world(it -> it.otherBackups(other)).build();
    var entered =
        run()
            .in(Phase.Acting, 0)
            .levels(level("data", "backup", "restore"))
            .backedUp("restore", "backup")
            .world(it -> it.otherBackups(other))
            .build();

    for (var snapshot : List.of(acting, entered)) {
      // when
      var asked = advanced(Engine.decide(snapshot));

      // then
      assertThat(asked.question().reason()).isEqualTo(Reasons.STOP_CONDITION);
      assertThat(asked.question().message())
          .startsWith(
              "Stop condition no-backup-before-destruction, before level data: Action restore destroys something, and no backup before it in the same level is known to be of the same database: backup.");
    }
  }

  @Test
  void whereTheBackupWasMadeOrNobodyWantsItNobodyIsAsked() {
    var made = Engine.decide(afterBackup(Outcome.Succeeded).build());
    var agreed = Engine.decide(afterBackup(Outcome.Skipped).agreed(Entering.NO_BACKUP).build());

    assertThat(List.of(made, agreed)).allMatch(Act.class::isInstance);
  }

  @Test
  void nothingIsDecidedBeforeTheTargetsWereLookedAt() {
    // given
    var snapshot = run().in(Phase.Acting, 0).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void anEffectIsRecordedBeforeItIsSent() {
    // given
    var snapshot = run().in(Phase.Acting, 0).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = acted(decision);
    assertThat(((Act) decision).action()).isEqualTo("restart-web");
    assertThat(next.seq()).isEqualTo(SEQ + 1);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.action()).isZero();
    assertThat(next.reason()).isEqualTo(Reasons.EFFECT_INTENDED);
    assertThat(next.intent().verb()).isEqualTo(Intent.Verb.Apply);
    assertThat(next.intent().seq()).isEqualTo(SEQ + 1);
    assertThat(next.intent().effect()).isEqualTo(1);
    assertThat(next.intent().mark()).isEqualTo("claim/restart-web/apply/1");
    assertThat(next.intent().targets()).isEqualTo(1);
    assertThat(lastAction(next, 0).startedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void everyFurtherEffectOfAnActionHasItsOwnMark() {
    // given
    var snapshot = run().in(Phase.Acting, 0).begun(underWay("restart-web", 2)).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = acted(decision);
    assertThat(next.intent().effect()).isEqualTo(3);
    assertThat(next.intent().mark()).isEqualTo("claim/restart-web/apply/3");
    assertThat(lastAction(next, 0).startedAt()).isEqualTo(START);
  }

  @Test
  void anEffectIsNotSentLongAfterItWasDecided() {
    // given
    var snapshot = run().in(Phase.Acting, 0).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().notAfter())
        .isEqualTo(snapshot.now().plus(Duration.ofMinutes(2)));
  }

  @Test
  void anEffectIsNotSentAfterTheTimeoutOfItsAction() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(TO_DO)
            .after(TIMEOUT.minusSeconds(30))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().notAfter()).isEqualTo(START.plus(TIMEOUT));
  }

  @Test
  void theNextActionBeginsOnlyAfterTheLastSucceeded() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .begun(underWay("first", 1))
            .work(OBSERVED)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.ACTION_SUCCEEDED);
    assertThat(next.action()).isEqualTo(1);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(lastAction(next, 0).endedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void anActionUnderWayKeepsTheNextFromBeginning() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .begun(underWay("first", 1))
            .work(ROLLING)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(TIMEOUT)));
  }

  @Test
  void theSecondActionActsUnderItsOwnName() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .begun(ended("first", Outcome.Succeeded))
            .atAction(1)
            .work(TO_DO)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = acted(decision);
    assertThat(next.intent().mark()).isEqualTo("claim/second/apply/1");
    assertThat(next.levels().get(0).actions())
        .extracting(ActionStatus::name)
        .containsExactly("first", "second");
  }

  @Test
  void whereNoEventTellsTheTargetsAreLookedAtAgainSoon() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(
                new Work.Rolling(
                    "Old pods of Deployment worker are still ending.", Duration.ofSeconds(1)))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(snapshot.now().plusSeconds(1)));
  }

  @Test
  void theGatesAreMeasuredFromWhenTheLastEffectIsObserved() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(OBSERVED)
            .after(Duration.ofMinutes(3))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Verifying);
    assertThat(next.reason()).isEqualTo(Reasons.LEVEL_ACTED);
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Succeeded);
  }

  @Test
  void whatIsAlreadyAsWantedNeedsNoEffect() {
    // given
    var snapshot = run().in(Phase.Acting, 0).work(OBSERVED).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Verifying);
    assertThat(lastAction(next, 0).applied()).isEmpty();
  }

  @Test
  void anEffectObservedAfterTheTimeoutIsStillObserved() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(OBSERVED)
            .after(TIMEOUT.plusSeconds(1))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
  }

  @Test
  void aPreflightProblemOfALaterLevelAsksWhenTheLevelIsReached() {
    // given
    var snapshot =
        run()
            .levels(level("a", "act-a"), level("b", "act-b"), level("c", "act-c"))
            .in(Phase.Acting, 1)
            .problem("b", "no stable revision.")
            .work(TO_DO)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.PREFLIGHT);
    assertThat(next.question().choices()).containsExactly(Choice.Retry, Choice.NextLevel);
    assertThat(next.question().message()).contains("Level b", "no stable revision.");
  }

  @Test
  void aPreflightProblemOfALevelUnderWayChangesNothing() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .problem("restart", "too late")
            .work(ROLLING)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(TIMEOUT)));
  }

  @Test
  void whatCannotBeDoneIsAVerdict() {
    // given
    var snapshot = run().in(Phase.Acting, 0).work(IMPOSSIBLE).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(lastAction(next, 0).message()).isEqualTo("May not patch web.");
  }

  @Test
  void aFailedActionAsks() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(ended("restart-web", Outcome.Failed))
            .work(NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(next.question().choices())
        .containsExactly(Choice.Retry, Choice.Skip, Choice.NextLevel, Choice.Accept);
    assertThat(next.question().message()).contains("restart-web", "So it was.");
  }

  @Test
  void aFailedActionClimbsWhereThePlanSaysSo() {
    // given
    var climbing = onActionFailure(level("restart", "restart-web"), Level.Next.NextLevel);
    var snapshot =
        run()
            .levels(climbing, level("revert", "revert-web"))
            .in(Phase.Acting, 0)
            .begun(ended("restart-web", Outcome.Failed))
            .work(NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.action()).isNull();
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.ActionFailed);
    assertThat(next.levels().get(0).endedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void aFailedActionOfTheLastLevelThatWouldClimbExhaustsTheRun() {
    // given
    var climbing = onActionFailure(level("restart", "restart-web"), Level.Next.NextLevel);
    var snapshot =
        run()
            .levels(climbing)
            .in(Phase.Acting, 0)
            .begun(ended("restart-web", Outcome.Failed))
            .work(NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Exhausted);
  }

  @Test
  void aFailedActionKeepsTheRestOfItsLevelFromBeingDone() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .begun(ended("first", Outcome.Failed))
            .work(NOTHING_GOES_ON)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.AwaitingAnswer);
  }

  @Test
  void aStuckRollOutCountsAsUnhealthyAtOnce() {
    // given
    var snapshot = run().in(Phase.Acting, 0).begun(underWay("restart-web", 1)).work(STUCK).build();

    // when
    var next = stopped(snapshot);

    // then
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Unhealthy);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.NotObserved);
    assertThat(next.message()).contains("did not take effect", "ProgressDeadlineExceeded.");
  }

  @Test
  void aStuckRollOutAsksWhereTheLevelAsks() {
    // given
    var asking = onUnhealthy(level("restart", "restart-web"), Level.Next.Ask);
    var snapshot =
        run()
            .levels(asking, level("revert", "revert-web"))
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(STUCK)
            .build();

    // when
    var next = stopped(snapshot);

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.EFFECT_NOT_OBSERVED);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.NotObserved);
  }

  @Test
  void anEffectThatDoesNotShowInTimeCountsAsUnhealthy() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(ROLLING)
            .after(TIMEOUT)
            .build();

    // when
    var next = stopped(snapshot);

    // then
    assertThat(next.level()).isEqualTo(1);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.NotObserved);
    assertThat(next.message()).contains("timeout is over");
  }

  @Test
  void anActionThatIsRollingWhenItIsFirstLookedAtHasATimeoutToo() {
    // given
    var begun = settled(run().in(Phase.Acting, 0).work(ROLLING).build());
    var snapshot = begun.withNow(begun.now().plus(TIMEOUT).plusSeconds(1));

    // when
    var next = stopped(snapshot);

    // then
    assertThat(next.level()).isEqualTo(1);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.NotObserved);
  }

  @Test
  void aSecondActionThatIsRollingWhenItIsFirstLookedAtHasATimeoutToo() {
    // given
    var begun =
        settled(
            run()
                .levels(level("both", "first", "second"))
                .in(Phase.Acting, 0)
                .begun(ended("first", Outcome.Succeeded))
                .atAction(1)
                .work(ROLLING)
                .build());
    var snapshot = begun.withNow(begun.now().plus(TIMEOUT).plusSeconds(1));

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(Outcome.NotObserved);
  }

  @Test
  void anActionThatIsBeingFoughtFails() {
    // given
    var snapshot = run().in(Phase.Acting, 0).begun(underWay("restart-web", 12)).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(lastAction(next, 0).message()).contains("somebody else", "managedFields");
  }

  @Test
  void retryAfterAFightActsAgain() {
    // given
    var asking =
        settled(run().in(Phase.Acting, 0).begun(underWay("restart-web", 12)).work(TO_DO).build());
    var answer = new Run.Answer(asking.run().question().id(), Choice.Retry, "bob", null);
    var wish = asking.wish().withAnswer(answer);
    var snapshot = settled(asking.withWish(wish)).withWork(TO_DO);

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().mark()).isEqualTo("claim/restart-web/apply/13");
  }

  @Test
  void whatIsStillToBeDoneAtTheTimeoutFails() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(TO_DO)
            .after(TIMEOUT)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(Outcome.Failed);
  }

  @Test
  void nobodyIsAccusedWhereNothingWasChangedInTime() {
    // given
    var nothingChanged = RunSnapshots.underWay("restart-web", 0);
    var snapshot =
        run().in(Phase.Acting, 0).begun(nothingChanged).work(TO_DO).after(TIMEOUT).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).message())
        .contains("timeout")
        .doesNotContain("somebody else");
  }

  @Test
  void aTargetThatIsChangedBackIsChangedAgain() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 0).withSent(Reports.again(2)))
            .work(new Work.ToDo(1, "Do it.", 1))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().again()).isTrue();
  }

  @Test
  void whatIsKnownToBePutBackIsNotTriedAndAsks() {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).work(new Work.Contested("Git has another image for it.")).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(lastAction(settled.run(), 0).outcome()).isEqualTo(Outcome.Contested);
    assertThat(settled.run().question().reason()).isEqualTo(Reasons.CONTESTED);
    assertThat(settled.run().question().message()).contains("Git has another image for it.");
  }

  @Test
  void aTargetThatIsChangedBackThreeTimesIsContestedAndAsks() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 0).withSent(Reports.again(3)))
            .work(new Work.ToDo(1, "Do it.", 1))
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(lastAction(settled.run(), 0).outcome()).isEqualTo(Outcome.Contested);
    assertThat(settled.run().question().reason()).isEqualTo(Reasons.CONTESTED);
    assertThat(settled.run().question().choices())
        .containsExactly(Choice.Proceed, Choice.Skip, Choice.NextLevel, Choice.Accept);
  }

  @Test
  void aTargetOfAnotherRunIsNotTouched() {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).work(new Work.Owned("Deployment web belongs to INC-7.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.TARGET_OWNED);
    assertThat(question.about()).isEqualTo("restart-web");
    assertThat(question.choices()).containsExactly(Choice.Retry, Choice.Skip, Choice.NextLevel);
  }

  @Test
  void anOutcomeThatIsNotKnownAsks() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(new Work.Unknown("The connection broke."))
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(lastAction(settled.run(), 0).outcome()).isEqualTo(Outcome.Unknown);
    assertThat(settled.run().question().reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN);
  }

  @Test
  void afterAnActionItsOwnGatesAreMeasured() {
    // given
    var snapshot = proving().begun(underWay("restart-web", 1)).work(OBSERVED).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.reason()).isEqualTo(Reasons.PROVING);
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
    assertThat(lastAction(next, 0).provingSince()).isEqualTo(snapshot.now());
    assertThat(lastAction(next, 0).outcome()).isNull();
  }

  @Test
  void anActionWhoseOwnGatesAreHealthySucceeded() {
    // given
    var action = underWay("restart-web", 1).withProvingSince(START);
    var snapshot = proving().begun(action).green("own", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Verifying);
  }

  @Test
  void anActionWhoseOwnGatesSayNoFailed() {
    // given
    var action = underWay("restart-web", 1).withProvingSince(START);
    var snapshot = proving().begun(action).red("own", 3).after(Duration.ofMinutes(2)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(advanced(decision).message())
        .contains("It was done, but its own gates say no. Gate own (503");
  }

  /** As after a level: what the action only started is there by then. */
  @Test
  void ownGatesThatAreMeasuredOnceAreAskedAfterTheOthersAndOneAfterTheOther() {
    // given
    var action = underWay("restart-web", 1).withProvingSince(START);
    var starting = proving("own", "look", "count").begun(action).red("own", 3);
    var started = proving("own", "look", "count").begun(action).green("own", 3).build();

    // when
    var early = Engine.decide(starting.build());
    var first = advanced(Engine.decide(started));
    var looked = proving("own", "look", "count").begun(action).green("own", 3).green("look", 1);
    var second =
        advanced(
            Engine.decide(
                looked.status(run -> run.asking("look").askedAt(START.plusSeconds(9))).build()));

    // then
    assertThat(early).isInstanceOf(Decision.Wait.class);
    assertThat(first.reason()).isEqualTo(Reasons.GATE_ASKED);
    assertThat(first.asking()).isEqualTo("look");
    assertThat(first.message()).startsWith("Gate own is healthy. Now gate look. Somebody look");
    assertThat(second.asking()).isEqualTo("count");
    assertThat(lastAction(second, 0).outcome()).isNull();
  }

  @Test
  void theLastOwnGateThatIsAskedSaysHowTheActionEnds() {
    // when
    var silent = Engine.decide(looking().build());
    var yes = advanced(Engine.decide(looking().green("look", 1).build()));
    var no = advanced(Engine.decide(looking().red("look", 1).build()));

    // then
    assertThat(silent).isInstanceOf(Decision.Wait.class);
    assertThat(lastAction(yes, 0).outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(yes.asking()).isNull();
    assertThat(lastAction(no, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(no.asking()).isNull();
  }

  private static RunSnapshots looking() {
    return proving("look")
        .begun(underWay("restart-web", 1).withProvingSince(START))
        .status(run -> run.asking("look").askedAt(START));
  }

  private static RunSnapshots proving() {
    return proving("own");
  }

  private static RunSnapshots proving(String... own) {
    var level =
        level("restart", "restart-web")
            .withActions(List.of(Plans.action("restart-web").withVerify(List.of(own))));
    return run()
        .gates(
            Plans.gate("api"),
            Plans.gate("own").withUse(Gate.Use.OnDemand),
            Plans.manual("look"),
            Plans.manual("count"))
        .levels(level)
        .in(Phase.Acting, 0);
  }

  @Test
  void aNoThatComesAfterTheApprovalStillStopsWhatDestroysSomething() {
    // given
    var no = new Consent(1, List.of(), "bob: too risky", List.of(), null);
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .destructive(false, "restart")
            .actsUnder("restart", "h1")
            .consent(no)
            .work(TO_DO)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.REJECTED);
  }

  @Test
  void aNoThatComesAfterTheApprovalStopsNothingHarmless() {
    // given
    var careful = level("restart", "restart-web").withApproval(ApprovalPolicy.DEFAULT);
    var no = new Consent(1, List.of(), "bob: too risky", List.of(), null);
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .levels(careful, level("revert", "revert-web"))
            .actsUnder("restart", "h1")
            .consent(no)
            .work(TO_DO)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent()).isNotNull();
  }

  @Test
  void whatCouldNotBeSentIsTriedAgainMoreAndMoreSlowly() {
    // given
    var unsent = underWay("restart-web", 0).withSent(Reports.sent(1, How.NotSent));
    var sentAt = unsent.sent().get(0).withEndedAt(START.plusSeconds(40));
    var action = unsent.withSent(List.of(sentAt));

    // when
    var early =
        Engine.decide(
            run()
                .in(Phase.Acting, 0)
                .begun(action)
                .work(TO_DO)
                .after(Duration.ofSeconds(52))
                .build());
    var late =
        Engine.decide(
            run()
                .in(Phase.Acting, 0)
                .begun(action)
                .work(TO_DO)
                .after(Duration.ofSeconds(53))
                .build());

    // then
    assertThat(early).isEqualTo(new Wait(START.plusSeconds(53)));
    assertThat(acted(late).intent().effect()).isEqualTo(2);
  }
}
