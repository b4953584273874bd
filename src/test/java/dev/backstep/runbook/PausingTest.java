package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PausingTest {
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: restart all pods");
  private static final Duration PAUSED = Duration.ofMinutes(1);
  private static final Duration LATER = Duration.ofHours(3);
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {
        "Pending",
        "Checking",
        "AwaitingApproval",
        "Acting",
        "Verifying",
        "Soaking",
        "Releasing",
        "Undoing"
      })
  void aPauseIsRecordedAndChangesNothingElse(Phase phase) {
    // given
    var snapshot =
        run()
            .in(phase, 0)
            .begun(underWay("restart-web", 1))
            .work(TO_DO)
            .holding(WORKER)
            .wished(Run.State.Paused)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(phase);
    assertThat(next.phaseSince()).isEqualTo(START);
    assertThat(next.pausedSince()).isEqualTo(snapshot.now());
    assertThat(next.reason()).isEqualTo(Reasons.PAUSED);
    assertThat(next.message()).startsWith("carol paused the run in phase " + phase + ".");
  }

  @Test
  void whileItIsPausedNothingIsBegun() {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).work(TO_DO).paused(PAUSED).wished(Run.State.Paused).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void anEffectUnderWayComesToItsEnd() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .intent(Intent.Verb.Apply)
            .progress(Reports.applied(1))
            .paused(PAUSED)
            .wished(Run.State.Paused)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).intent()).isNull();
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void thatTheWishIsGoneIsNoReasonToGoOn() {
    // given
    var snapshot = run().in(Phase.Acting, 0).work(TO_DO).paused(PAUSED).withoutWish().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void releasedIsNoReasonToGoOnWhileTheRunIsOpen() {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).work(TO_DO).paused(PAUSED).wished(Run.State.Released).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @ParameterizedTest
  @EnumSource(
      value = Run.State.class,
      names = {"Aborted", "Undone"})
  void aPausedRunCanBeStopped(Run.State wish) {
    // given
    var snapshot = run().in(Phase.Acting, 0).paused(PAUSED).wished(wish).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Aborting);
    assertThat(advanced(decision).pausedSince()).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = Run.State.class,
      names = {"Running", "Released", "Aborted"})
  void aPausedReleaseGoesOnWithWhateverIsWishedNext(Run.State wish) {
    // given
    var snapshot =
        run()
            .in(Phase.Releasing, 0)
            .holding(WORKER)
            .work(TO_DO)
            .paused(PAUSED)
            .after(LATER)
            .wished(wish)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(advanced(decision).pausedSince()).isNull();
  }

  @Test
  void deletingThePlanStopsAPausedRun() {
    // given
    var snapshot =
        run().in(Phase.Acting, 0).paused(PAUSED).wished(Run.State.Paused).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Aborting);
    assertThat(advanced(decision).pausedSince()).isNull();
  }

  @Test
  void deletingThePlanGivesBackWhatAPausedReleaseStillHolds() {
    // given
    var snapshot =
        run()
            .in(Phase.Releasing, 0)
            .holding(WORKER)
            .work(TO_DO)
            .paused(PAUSED)
            .wished(Run.State.Paused)
            .deleting()
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Decision.Act.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"Checking", "Verifying", "Soaking"})
  void whatWasWaitedForBeginsAnew(Phase phase) {
    // given
    var snapshot = run().in(phase, 0).paused(PAUSED).after(LATER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.pausedSince()).isNull();
    assertThat(next.reason()).isEqualTo(Reasons.RESUMED);
    assertThat(next.phase()).isEqualTo(phase);
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
  }

  @Test
  void thePauseDoesNotCountForTheTimeoutOfAnAction() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .paused(PAUSED)
            .after(LATER)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).startedAt())
        .isEqualTo(START.plus(LATER).minus(PAUSED));
  }

  @Test
  void anActionThatWasNotBegunIsNotBegunByGoingOn() {
    // given
    var snapshot =
        run()
            .levels(Plans.level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .begun(ended("first", Outcome.Succeeded))
            .atAction(1)
            .paused(PAUSED)
            .after(LATER)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).levels()).isEqualTo(snapshot.run().levels());
  }

  @Test
  void aQuestionIsStillAskedAfterAPause() {
    // given
    var snapshot = run().in(Phase.Acting, 0).asking(Ask.UNHEALTHY).paused(PAUSED).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question()).isEqualTo(snapshot.run().question());
    assertThat(next.message()).isEqualTo("The run goes on. It still asks: What now?");
  }

  @Test
  void anApprovalIsStillWantedAfterAPause() {
    // given
    var approval = ApprovalStatusBuilder.builder().hash("h1").wants(1).since(START).build();
    var snapshot =
        run()
            .in(Phase.AwaitingApproval, 0)
            .status(run -> run.approval(approval))
            .paused(PAUSED)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message()).contains("Level 1/2 restart wants 1 approval");
  }

  @Test
  void aGateThatNobodyAnsweredIsAskedAgainAfterAPause() {
    // given
    var asked = run().gates(Plans.gate("api"), Plans.manual("look")).in(Phase.Verifying, 0);
    var snapshot = asked.status(run -> run.asking("look").askedAt(START)).paused(PAUSED).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).asking()).isNull();
  }

  @Test
  void soIsAGateThatProvesAnAction() {
    // given
    var level =
        Plans.level("restart", "restart-web")
            .withActions(List.of(Plans.action("restart-web").withVerify(List.of("look"))));
    var snapshot =
        run()
            .gates(Plans.gate("api"), Plans.manual("look"))
            .levels(level)
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1).withProvingSince(START))
            .status(run -> run.asking("look").askedAt(START))
            .paused(PAUSED)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).asking()).isNull();
  }

  @Test
  void anAnswerThatWasGivenDuringAPauseCounts() {
    // given
    var asked =
        run()
            .gates(Plans.gate("api"), Plans.manual("look"))
            .in(Phase.Verifying, 0)
            .green("look", 1);
    var snapshot = asked.status(run -> run.asking("look").askedAt(START)).paused(PAUSED).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).asking()).isEqualTo("look");
    assertThat(advanced(decision).askedAt()).isEqualTo(START);
  }
}
