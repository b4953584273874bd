package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.holds;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.RunSnapshots.QUESTION;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EndingTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment worker: 0 -> 3 replicas");

  private static RunSnapshots in(Phase phase) {
    var snapshots =
        switch (phase) {
          case Pending, Checking -> run().in(phase);
          case AwaitingAnswer -> run().in(phase, 0).asking(Ask.UNHEALTHY);
          default -> run().in(phase, 0).begun(ended("restart-web", Outcome.Succeeded));
        };
    return phase == Phase.Aborting ? snapshots.red("api", 3) : snapshots.red("api", 3).work(TO_DO);
  }

  @ParameterizedTest
  @EnumSource(names = {"Pending", "Checking", "Acting", "Verifying", "Soaking", "AwaitingAnswer"})
  void abortWorksInEveryOpenPhase(Phase phase) {
    // given
    var snapshot = in(phase).wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Aborting);
    assertThat(next.reason()).isEqualTo(Reasons.ABORTED);
    assertThat(next.message()).contains("carol");
    assertThat(next.question()).isNull();
    assertThat(next.seq()).isEqualTo(SEQ + 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"Pending", "Checking", "Acting", "Verifying", "Soaking", "AwaitingAnswer"})
  void deletingThePlanStopsTheRun(Phase phase) {
    // given
    var snapshot = in(phase).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Aborting);
    assertThat(next.reason()).isEqualTo(Reasons.PLAN_DELETED);
  }

  @Test
  void abortWinsOverAnAnswer() {
    // given
    var snapshot =
        run()
            .in(Phase.AwaitingAnswer, 0)
            .asking(Ask.UNHEALTHY)
            .answered(QUESTION, Choice.NextLevel)
            .wished(Run.State.Aborted)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Aborting);
  }

  @Test
  void anAbortCannotBeTakenBack() {
    // given
    var snapshot = in(Phase.Aborting).wished(Run.State.Running).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Aborted);
  }

  @Test
  void anAbortedRunListsWhatStaysChanged() {
    // given
    var snapshot = in(Phase.Aborting).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Aborted);
    assertThat(next.active()).isFalse();
    assertThat(next.endedAt()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("What stays changed: restart-web (1 change)");
    assertThat(next.levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Aborted);
    assertThat(next.levels().get(0).endedAt()).isEqualTo(snapshot.now());
    assertThat(next.levels().get(1).outcome()).isNull();
  }

  @Test
  void anAbortedRunKeepsWhatItHoldsAndSaysSo() {
    // given
    var snapshot = in(Phase.Aborting).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(WORKER);
    assertThat(advanced(decision).message())
        .contains("Still off: Deployment worker (3 -> 0, run INC-42, action stop-worker)");
  }

  @Test
  void aRunThatIsAbortedBeforeItActedHadChangedNothing() {
    // given
    var snapshot = run().in(Phase.Aborting).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message()).contains("changed nothing");
  }

  @Test
  void aRunThatLostItsRecordDoesNotClaimToHaveChangedNothing() {
    // given
    var snapshot = run().asking(Ask.STATUS_LOST).wished(Run.State.Aborted).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().message()).doesNotContain("changed nothing");
  }

  @Test
  void anAbortRecordsWhyTheRunEnded() {
    // given
    var snapshot = in(Phase.Verifying).wished(Run.State.Aborted).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().reason()).isEqualTo(Reasons.ABORTED);
  }

  @ParameterizedTest
  @EnumSource(names = {"Recovered", "Mitigated", "Exhausted", "Aborted", "Released", "Failed"})
  void anEndedRunStaysAsItIs(Phase phase) {
    // given
    var snapshot = in(phase).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @ParameterizedTest
  @EnumSource(names = {"Recovered", "Mitigated", "Exhausted", "Aborted", "Released", "Failed"})
  void abortingAnEndedRunDoesNothing(Phase phase) {
    // given
    var snapshot = in(phase).wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @ParameterizedTest
  @EnumSource(names = {"Recovered", "Mitigated", "Exhausted", "Aborted"})
  void whatIsHeldCanBeReleasedAfterEveryEnd(Phase phase) {
    // given
    var snapshot = in(phase).holding(WORKER).wished(Run.State.Released).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
    assertThat(next.reason()).isEqualTo(Reasons.RELEASE_REQUESTED);
    assertThat(next.active()).isTrue();
    assertThat(next.message()).contains("carol");
    assertThat(holds(decision)).containsExactly(WORKER);
  }

  @Test
  void releasedWhileTheRunIsOpenChangesNothing() {
    // given
    var snapshot = run().in(Phase.Soaking, 0).green("api", 3).wished(Run.State.Released).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(15))));
  }

  @Test
  void aReleaseIsRecordedBeforeItIsSent() {
    // given
    var snapshot = in(Phase.Releasing).holding(WORKER).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = acted(decision);
    assertThat(next.seq()).isEqualTo(SEQ + 1);
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
    assertThat(next.intent().verb()).isEqualTo(Intent.Verb.Release);
    assertThat(next.intent().mark()).isEqualTo("claim/stop-worker/release/" + (SEQ + 1));
    assertThat(next.intent().targets()).isEqualTo(1);
    assertThat(next.intent().notAfter()).isAfter(snapshot.now());
  }

  @Test
  void aReleaseIsNotDecidedBeforeTheTargetsWereLookedAt() {
    // given
    var snapshot = in(Phase.Releasing).holding(WORKER).work(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void aReleaseIsOverWhenNothingIsHeldAnyMore() {
    // given
    var snapshot = in(Phase.Releasing).work(new Work.Observed("All is there.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Released);
    assertThat(next.reason()).isEqualTo(Reasons.RELEASED);
    assertThat(next.active()).isFalse();
  }

  @Test
  void aReleaseThatCannotBeDoneAsks() {
    // given
    var snapshot =
        in(Phase.Releasing)
            .holding(WORKER)
            .work(new Work.Impossible("Forbidden", "May not patch worker."))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(next.question().choices()).containsExactly(Choice.Retry, Choice.Accept);
    assertThat(next.question().message()).contains("May not patch worker.");
  }

  @Test
  void aReleaseThatIsRefusedForAnHourAsks() {
    // given
    var refused = Reports.refused(1);
    var snapshot = in(Phase.Releasing).holding(WORKER).build();

    // when
    for (var i = 0; i < 60 && snapshot.run().phase() == Phase.Releasing; i++) {
      snapshot = Decisions.after(snapshot, Engine.decide(snapshot));
      var progress = snapshot.run().intent() == null ? new Progress.None() : refused;
      snapshot = snapshot.with().now(snapshot.now().plusSeconds(60)).progress(progress).build();
    }

    // then
    assertThat(snapshot.run().phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(snapshot.run().question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
  }

  /** Semantics 1.5: an abort stops before the next effect, and asks. */
  @Test
  void aReleaseIsStoppedByAnAbortAndAsks() {
    // given
    var snapshot =
        in(Phase.Releasing).holding(WORKER).work(TO_DO).wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(Decisions.holds(decision)).containsExactly(WORKER);
  }

  @Test
  void aFailedReleaseIsStillAskedAboutWhenThePlanIsDeleted() {
    // given
    var snapshot =
        run().in(Phase.AwaitingAnswer, 0).asking(Ask.RELEASE_FAILED).holding(WORKER).deleting();

    // when
    var decision = Engine.decide(snapshot.build());

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @ParameterizedTest
  @EnumSource(names = {"Recovered", "Mitigated", "Exhausted", "Aborted", "Failed"})
  void deletingThePlanGivesBackWhatItHolds(Phase phase) {
    // given
    var snapshot = in(phase).holding(WORKER).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
    assertThat(next.reason()).isEqualTo(Reasons.PLAN_DELETED);
  }

  @ParameterizedTest
  @EnumSource(names = {"Recovered", "Exhausted", "Aborted", "Released", "Failed"})
  void deletingAPlanThatHoldsNothingNeedsNothing(Phase phase) {
    // given
    var snapshot = in(phase).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void deletingThePlanAmidARunEndsWithEverythingGivenBack() {
    // given
    var stopped = settled(in(Phase.Acting).holding(WORKER).deleting().build()).withWork(TO_DO);
    var sent = Decisions.after(stopped, Engine.decide(stopped));
    var snapshot = sent.withProgress(Reports.of(1, 0, List.of(), List.of(WORKER)));

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Released);
    assertThat(settled.holds()).isEmpty();
  }

  @Test
  void everyStepCountsUpByOne() {
    // given
    var snapshot = in(Phase.Acting).wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Advance.class);
    assertThat(advanced(decision).seq()).isEqualTo(SEQ + 1);
    assertThat(advanced(decision).claim()).isEqualTo(snapshot.run().claim());
  }

  @Test
  void anAbortDuringAnEffectEndsAfterItsOutcomeIsKnown() {
    // given
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(underWay("restart-web", 1))
            .intent(Intent.Verb.Apply)
            .progress(Reports.of(1, 0, List.of(WORKER), List.of()))
            .wished(Run.State.Aborted)
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().intent()).isNull();
    assertThat(settled.holds()).containsExactly(WORKER);
  }

  @Test
  void anAbortedRunListsWhatFailedAndWhatNobodyKnows() {
    // given
    var unknown =
        ended("restart-web", ActionStatus.Outcome.Unknown)
            .with()
            .sent(List.of())
            .message("The connection broke")
            .build();
    var snapshot = run().in(Phase.Aborting, 0).begun(unknown).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.message())
        .isEqualTo(
            "The run was stopped. It had changed nothing. What did not come to a good end:"
                + " restart-web (Unknown): The connection broke.");
  }

  @Test
  void anAbortedRunListsTheTargetsOfWhichNobodyKnows() {
    // given
    var sent = Reports.sent(1, How.Unknown);
    var unknown = ended("call", ActionStatus.Outcome.Unknown).withSent(sent);
    var snapshot = run().in(Phase.Aborting, 0).begun(unknown).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.message()).contains("What may have changed: Deployment web (call).");
  }

  @ParameterizedTest
  @EnumSource(names = {"Aborting", "AwaitingAnswer"})
  void everyEndNamesWhatWasMadeReadyAndNotUsed(Phase phase) {
    // given
    var ready =
        underWay("restart-web", 1)
            .with()
            .startedAt(null)
            .message("Backup a.dump was restored, as app_bs1_1, and verified.")
            .build();
    var asking =
        phase == Phase.Aborting
            ? run().in(phase, 0).begun(ready)
            : run().in(phase, 0).begun(ready).asking(Ask.REJECTED).answered(Choice.Accept);

    // when
    var next = settled(asking.build()).run();

    // then
    assertThat(next.phase()).isIn(Phase.Aborted, Phase.Recovered);
    assertThat(next.message())
        .contains(
            "Made ready and not used: restart-web (Backup a.dump was restored, as app_bs1_1, and verified). What that made aside stays until it is dropped with state: Undone.")
        .doesNotContain("stays changed");
  }

  @Test
  void anAbortWhileSomethingIsMadeReadySaysWhatIsLeftOfIt() {
    // given
    var preparing = underWay("restart-web", 1).withPreparing(true);

    // when
    var next = settled(run().in(Phase.Aborting, 0).begun(preparing).build()).run();

    // then
    assertThat(next.message())
        .contains("Made ready and not used: restart-web (it was not done with).");
  }

  @Test
  void nothingIsCalledStoppedOrBackBeforeSomebodyHasLooked() {
    var aborting = run().in(Phase.Aborting, 0).begun(RunSnapshots.underWay("restart-web", 1));

    for (var notLooked : List.of(aborting, run().in(Phase.Releasing), run().in(Phase.Undoing))) {
      assertThat(Engine.decide(notLooked.work(null).build())).isInstanceOf(Wait.class);
    }
  }

  @Test
  void whatGoesOnIsStoppedBeforeTheRunIs() {
    // given
    var snapshot =
        run()
            .in(Phase.Aborting, 0)
            .begun(RunSnapshots.underWay("restart-web", 1))
            .work(new Work.ToDo(1, "Job a: stopped."))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var intent = ((Decision.Act) decision).run().intent();
    assertThat(intent.verb()).isEqualTo(Intent.Verb.Stop);
    assertThat(intent.mark()).isEqualTo("claim/restart-web/stop/" + (SEQ + 1));
  }

  @Test
  void whatCannotBeStoppedIsSaid() {
    // given
    var refused = Reports.failed(new Problem("Forbidden", "May not patch Job a."));
    var snapshot =
        run()
            .in(Phase.Aborting, 0)
            .begun(RunSnapshots.underWay("restart-web", 1))
            .intent(Intent.Verb.Stop)
            .progress(refused)
            .build();

    // when
    var closed = Decisions.after(snapshot, Engine.decide(snapshot));
    var decision =
        Engine.decide(
            closed
                .with()
                .progress(new Progress.None())
                .work(new Work.ToDo(1, "Job a: stopped."))
                .build());

    // then
    assertThat(closed.run().message()).contains("May not patch Job a.");
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Aborted);
  }
}
