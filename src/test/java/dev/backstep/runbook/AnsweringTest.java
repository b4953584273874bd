package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.Plans.onInconclusive;
import static dev.backstep.runbook.Plans.onUnhealthy;
import static dev.backstep.runbook.RunSnapshots.QUESTION;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnsweringTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Level LAST =
      onInconclusive(onUnhealthy(level("revert", "revert-web"), Level.Next.Ask), Level.Next.Ask);

  private static RunSnapshots asked(Ask ask) {
    return run().in(Phase.AwaitingAnswer, 0).asking(ask);
  }

  @ParameterizedTest
  @EnumSource(Ask.class)
  void nothingMovesWithoutAnAnswer(Ask ask) {
    // given
    var snapshot = asked(ask).green("api", 3).after(Duration.ofHours(9)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void nothingMovesWithoutAWish() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).withoutWish().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void anAnswerToAnotherQuestionIsIgnored() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).answered("q-3", Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @ParameterizedTest
  @CsvSource({"PREFLIGHT, Accept", "RELEASE_FAILED, NextLevel", "STATUS_LOST, Retry"})
  void anAnswerThatWasNotOfferedIsIgnored(Ask ask, Choice choice) {
    // given
    var snapshot = asked(ask).answered(choice).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void nextLevelOnTheLastLevelIsIgnored() {
    // given
    var snapshot =
        run().in(Phase.AwaitingAnswer, 1).asking(Ask.UNHEALTHY).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void anAnswerWhileNothingIsAskedIsIgnored() {
    // given
    var snapshot = run().in(Phase.Verifying, 0).red("api", 1).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(2))));
  }

  @Test
  void anAnswerTakesTheQuestionAwayAndIsRemembered() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.question()).isNull();
    assertThat(next.answered()).isEqualTo(QUESTION);
    assertThat(next.seq()).isEqualTo(SEQ + 1);
    assertThat(next.message()).startsWith("bob answered Retry. ");
  }

  @ParameterizedTest
  @EnumSource(names = {"UNHEALTHY", "INCONCLUSIVE"})
  void retryMeasuresAfresh(Ask ask) {
    // given
    var snapshot = asked(ask).answered(Choice.Retry).after(Duration.ofHours(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Verifying);
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
    assertThat(next.level()).isZero();
  }

  @Test
  void retryOfAFailedActionDoesItAgainWithAFreshTimeout() {
    // given
    var failed =
        RunSnapshots.ended("restart-web", Outcome.Failed).withSent(Reports.sent(3, How.Refused));
    var snapshot =
        asked(Ask.ACTION_FAILED)
            .begun(failed)
            .answered(Choice.Retry)
            .after(Duration.ofHours(1))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.action()).isZero();
    assertThat(lastAction(next, 0).outcome()).isNull();
    assertThat(lastAction(next, 0).endedAt()).isNull();
    assertThat(lastAction(next, 0).startedAt()).isEqualTo(snapshot.now());
    assertThat(lastAction(next, 0).conflicts()).isZero();
    assertThat(lastAction(next, 0).applied()).as("marks stay unique").hasSize(3);
  }

  @Test
  void retryOfTheFirstPreflightChecksAgain() {
    // given
    var snapshot = run().asking(Ask.PREFLIGHT).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Pending);
  }

  @Test
  void retryOfALaterPreflightGoesBackToTheLevel() {
    // given
    var snapshot =
        run().in(Phase.AwaitingAnswer, 1).asking(Ask.PREFLIGHT).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.action()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "PREFLIGHT, NotExecutable",
    "ACTION_FAILED, ActionFailed",
    "UNHEALTHY, Unhealthy",
    "INCONCLUSIVE, Inconclusive"
  })
  void nextLevelRemembersWhyTheLevelWasLeft(Ask ask, LevelStatus.Outcome outcome) {
    // given
    var snapshot = asked(ask).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isEqualTo(1);
    assertThat(next.levels().get(0).outcome()).isEqualTo(outcome);
  }

  @Test
  void nextLevelReadsAsASentence() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message())
        .isEqualTo("bob answered NextLevel. Now level 2/2, revert.");
  }

  @Test
  void nextLevelAfterTheFirstPreflightDoesNotEnterTheLevelThatIsLeftOut() {
    // given
    var snapshot =
        run().entry(Run.Entry.Always).asking(Ask.PREFLIGHT).answered(Choice.NextLevel).build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().level()).isEqualTo(1);
    assertThat(settled.run().levels().get(0).startedAt()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"ACTION_FAILED", "UNHEALTHY", "INCONCLUSIVE"})
  void acceptEndsTheRun(Ask ask) {
    // given
    var snapshot =
        asked(ask).begun(ended("restart-web", Outcome.Failed)).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Recovered);
    assertThat(next.reason()).isEqualTo(Reasons.ACCEPTED_BY_HUMAN);
    assertThat(next.active()).isFalse();
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Accepted);
  }

  @Test
  void acceptWhileSomethingIsHeldIsMitigated() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).holding(WORKER).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Mitigated);
  }

  @Test
  void acceptingALostStatusEndsTheRunAsAborted() {
    // given
    var snapshot = run().asking(Ask.STATUS_LOST).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Aborted);
    assertThat(next.active()).isFalse();
  }

  @Test
  void retryOfAReleaseReleasesAgain() {
    // given
    var snapshot = asked(Ask.RELEASE_FAILED).holding(WORKER).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void retryOfAReleaseAfterARunThatEnteredNoLevelReleasesAgain() {
    // given
    var snapshot = run().asking(Ask.RELEASE_FAILED).holding(WORKER).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void acceptingAFailedReleaseEndsTheRunAndNamesWhatIsStillOff() {
    // given
    var snapshot = asked(Ask.RELEASE_FAILED).holding(WORKER).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Released);
    assertThat(next.active()).isFalse();
    assertThat(next.message()).contains("Deployment worker");
  }

  @Test
  void acceptingAFailedReleaseDoesNotAdviseWhatHasNoEffectAnyMore() {
    // given
    var snapshot = asked(Ask.RELEASE_FAILED).holding(WORKER).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message()).doesNotContain("set spec.run.state to Released");
  }

  static Stream<RunSnapshot> questionsOnTheLastLevel() {
    var failed =
        run()
            .in(Phase.Acting, 1)
            .begun(ended("revert-web", Outcome.Failed))
            .work(Works.NOTHING_GOES_ON);
    var unhealthy = run().in(Phase.Verifying, 1).red("api", 3).after(Duration.ofHours(1));
    var inconclusive = run().in(Phase.Verifying, 1).error("api", 4);
    var preflight = run().in(Phase.Acting, 1).problem("revert", "no stable revision.");
    return Stream.of(failed, unhealthy, inconclusive, preflight)
        .map(snapshot -> snapshot.levels(level("restart", "restart-web"), LAST).build());
  }

  @ParameterizedTest
  @MethodSource("questionsOnTheLastLevel")
  void aQuestionExplainsNoAnswerThatItDoesNotOffer(RunSnapshot snapshot) {
    // given the snapshot

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().message()).doesNotContain("NextLevel");
  }

  @ParameterizedTest
  @EnumSource(Ask.class)
  void everyQuestionHasAnAnswer(Ask ask) {
    // given
    var choices = ask.choices();

    // when
    var found = Ask.of(ask.reason());

    // then
    assertThat(found).isEqualTo(ask);
    assertThat(choices).isNotEmpty();
  }

  @Test
  void aPreflightThatStillFailsAsksANewQuestion() {
    // given
    var asked =
        run().asking(Ask.PREFLIGHT).answered(Choice.Retry).problem("restart", "May not.").build();
    var snapshot = Decisions.after(asked, Engine.decide(asked));

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().id()).isEqualTo("q-" + (SEQ + 2));
  }

  @Test
  void theSameAnswerIsNotTakenTwice() {
    // given
    var asked =
        run().asking(Ask.PREFLIGHT).answered(Choice.Retry).problem("restart", "May not.").build();
    var snapshot = Decisions.settled(asked);

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(snapshot.run().phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void answeringChangesNothingThatIsHeld() {
    // given
    var snapshot = asked(Ask.UNHEALTHY).holding(WORKER).answered(Choice.NextLevel).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(Decisions.holds(decision)).containsExactly(WORKER);
  }
}
