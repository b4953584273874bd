package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.after;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.Plans.onUnhealthy;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody is asked, and nothing else is done, while something goes on that was to end. */
class StoppingTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Work GOES_ON = new Work.ToDo(1, "Job a: stopped.");
  private static final Work ENDING = new Work.Rolling("Pods of Job a are still ending.");

  private static RunSnapshots failed() {
    return run().in(Phase.Acting, 0).begun(ended("restart-web", Outcome.Failed));
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"Failed", "Contested", "NotObserved"})
  void whatAnActionHasGoingOnIsStoppedBeforeTheRunGoesOn(Outcome outcome) {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).begun(ended("restart-web", outcome)).work(GOES_ON).build();

    // when
    var next = acted(Engine.decide(snapshot));

    // then
    assertThat(next.intent().verb()).isEqualTo(Verb.Stop);
    assertThat(next.intent().action()).isEqualTo("restart-web");
  }

  @Test
  void anActionThatTakesTooLongIsStoppedBeforeTheNextLevel() {
    // given
    var climbing = onUnhealthy(level("restart", "restart-web"), Level.Next.NextLevel);
    var late =
        run()
            .levels(climbing, level("revert", "revert-web"))
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .work(new Work.Rolling("Job a runs."))
            .after(Duration.ofMinutes(10))
            .build();

    // when
    var noticed = after(late, Engine.decide(late));
    var stopping = acted(Engine.decide(noticed.withWork(GOES_ON)));
    var next = advanced(Engine.decide(noticed.withWork(Works.NOTHING_GOES_ON)));

    // then
    assertThat(noticed.run().level()).isZero();
    assertThat(stopping.intent().verb()).isEqualTo(Verb.Stop);
    assertThat(next.level()).isEqualTo(1);
  }

  @Test
  void untilItIsKnownWhatGoesOnNobodyIsAsked() {
    assertThat(Engine.decide(failed().build())).isEqualTo(new Wait(null));
  }

  @Test
  void itsEndIsWaitedForButNotForEver() {
    // given
    var waiting = failed().work(ENDING).build();
    var limit = waiting.levelStatus().actions().get(0).endedAt().plus(LIMIT);

    // when
    var next = advanced(Engine.decide(waiting.withNow(limit)));

    // then
    assertThat(Engine.decide(waiting)).isEqualTo(new Wait(limit));
    assertThat(next.question().reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(next.question().message()).contains("Not stopped: Pods of Job a are still ending.");
  }

  @Test
  void whatCannotBeStoppedIsTriedOnceAndListed() {
    // given
    var forbidden = Reports.failed(new Problem("Forbidden", "May not patch Job a."));
    var sent = failed().intent(Verb.Stop).progress(forbidden).build();

    // when
    var tried = after(sent, Engine.decide(sent));
    var next =
        advanced(Engine.decide(tried.with().progress(new Progress.None()).work(GOES_ON).build()));

    // then
    assertThat(tried.run().message()).contains("Could not stop it: May not patch Job a.");
    assertThat(tried.run().putBackFailed()).isNull();
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().message()).contains("Not stopped: Deployment web.");
  }

  /** What a later attempt does is stopped whatever became of the one before. */
  @Test
  void eachAttemptIsStopped() {
    // given
    var before =
        ended("restart-web", Outcome.Failed)
            .withAttempt(2)
            .withSent(List.of(Reports.sent(1, How.Failed).get(0).withVerb(Verb.Stop)));
    var snapshot = run().in(Phase.Acting, 0).begun(before).work(GOES_ON).build();

    // then
    assertThat(acted(Engine.decide(snapshot)).intent().verb()).isEqualTo(Verb.Stop);
  }

  private static RunSnapshot left(Choice choice) {
    var asked =
        run()
            .levels(level("restart", "restart-web"), level("revert", "revert-web"))
            .in(Phase.AwaitingAnswer, 0)
            .begun(ended("restart-web", Outcome.Unknown))
            .asking(Ask.OUTCOME_UNKNOWN, "restart-web")
            .answered(choice)
            .build();
    return after(asked, Engine.decide(asked));
  }

  /** It may have been done, and then it goes on. */
  @ParameterizedTest
  @EnumSource(
      value = Choice.class,
      names = {"NextLevel", "Accept"})
  void whatIsNotKnownIsStoppedBeforeItIsLeft(Choice choice) {
    // when
    var left = left(choice);

    // then
    assertThat(left.run().phase()).isEqualTo(Phase.Acting);
    assertThat(left.run().level()).isZero();
    assertThat(acted(Engine.decide(left.withWork(GOES_ON))).intent().verb()).isEqualTo(Verb.Stop);
    assertThat(Engine.decide(left.withWork(null))).isEqualTo(new Wait(null));
  }

  @Test
  void thenTheRunGoesOnAsItWasAnswered() {
    // when
    var climbed = advanced(Engine.decide(left(Choice.NextLevel)));
    var accepted = advanced(Engine.decide(left(Choice.Accept)));

    // then
    assertThat(climbed.level()).isEqualTo(1);
    assertThat(climbed.leaving()).isNull();
    assertThat(accepted.phase()).isEqualTo(Phase.Recovered);
    assertThat(accepted.leaving()).isNull();
  }

  /** What may still happen is closed first, so that it cannot any more. */
  @Test
  void whatMayStillHappenIsClosedBeforeItIsLeft() {
    // given
    var open =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 0))
            .intent(Verb.Apply)
            .progress(Reports.notKnown("The API server does not answer.", null))
            .after(Duration.ofMinutes(12))
            .build();
    var unknown = after(open, Engine.decide(open));
    var asked = after(unknown.withProgress(new Progress.None()), Engine.decide(unknown));

    // when
    var answer = new Run.Answer(asked.run().question().id(), Choice.NextLevel, "bob", null);
    var wish = asked.wish().with().answer(answer).build();
    var left = advanced(Engine.decide(asked.withWish(wish)));

    // then
    assertThat(left.phase()).isEqualTo(Phase.Acting);
    assertThat(left.leaving()).isEqualTo(Choice.NextLevel);
    assertThat(left.intent().verb()).isEqualTo(Verb.Apply);
    assertThat(left.intent().notAfter()).isBeforeOrEqualTo(START.plus(Duration.ofMinutes(12)));
  }

  @Test
  void anUndoWaitsForWhatGoesOn() {
    // given
    var snapshot =
        run()
            .in(Phase.Aborting, 0)
            .begun(underWay("restart-web", 1))
            .wished(Run.State.Undone)
            .work(GOES_ON)
            .build();

    // then
    assertThat(acted(Engine.decide(snapshot)).intent().verb()).isEqualTo(Verb.Stop);
    assertThat(advanced(Engine.decide(snapshot.withWork(Works.NOTHING_GOES_ON))).phase())
        .isEqualTo(Phase.Undoing);
  }
}
