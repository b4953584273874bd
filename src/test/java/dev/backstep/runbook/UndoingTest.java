package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class UndoingTest {
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: back to what it was");
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);

  private static RunSnapshots undoing() {
    return run()
        .levels(level("both", "first", "second"))
        .in(Phase.Undoing, 0)
        .begun(ended("first", Outcome.Succeeded), ended("second", Outcome.Failed))
        .work(TO_DO)
        .wished(Run.State.Undone);
  }

  private static RunSnapshots undone(UndoStatus... already) {
    return undoing().status(run -> run.undone(List.of(already)));
  }

  private static UndoStatus undo(String action, UndoStatus.Outcome outcome) {
    return new UndoStatus(action, outcome, "so it was left as it is.");
  }

  /** What was tried for the other is none of the answer's business. */
  @Test
  void onlyWhatWasAskedAboutIsTriedAgain() {
    // given
    var unknown = Reports.sent(1, How.Unknown).get(0).withVerb(Intent.Verb.Undo);
    var first = ended("first", Outcome.Succeeded);
    var second = ended("second", Outcome.Succeeded);
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Undoing, 0)
            .begun(
                first.withSent(List.of(first.sent().get(0), unknown)),
                second.withSent(List.of(second.sent().get(0), unknown)))
            .asking(Ask.UNDO_UNKNOWN, "second")
            .answered(Choice.Retry, "I looked.")
            .build();

    // when
    var actions = advanced(Engine.decide(snapshot)).levels().get(0).actions();

    // then
    assertThat(actions).extracting(ActionStatus::attempt).containsExactly(1, 2);
    assertThat(actions)
        .extracting(action -> action.sent().get(1).how(0))
        .containsExactly(How.Unknown, How.Refused);
  }

  @Test
  void theLastActionIsPutBackFirst() {
    // given
    var snapshot = undoing().build();

    // when
    var undoing = snapshot.undoing();

    // then
    assertThat(undoing.name()).isEqualTo("second");
  }

  @Test
  void anActionThatSentNothingIsNotPutBack() {
    // given
    var nothing = ActionStatus.begun("second", START).withOutcome(Outcome.Succeeded);
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Undoing, 0)
            .begun(ended("first", Outcome.Succeeded), nothing)
            .build();

    // when
    var undoing = snapshot.undoing();

    // then
    assertThat(undoing.name()).isEqualTo("first");
  }

  @Test
  void anUndoIsRecordedBeforeItIsSent() {
    // given
    var snapshot = undoing().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var intent = acted(decision).intent();
    assertThat(intent.verb()).isEqualTo(Intent.Verb.Undo);
    assertThat(intent.mark()).isEqualTo("claim/second/undo/" + (SEQ + 1));
    assertThat(acted(decision).phase()).isEqualTo(Phase.Undoing);
  }

  @Test
  void whatIsBackIsRecordedAndTheActionBeforeItIsNext() {
    // given
    var snapshot = undoing().work(new Work.Observed("web: as before the run.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Undoing);
    assertThat(next.undone())
        .containsExactly(
            new UndoStatus("second", UndoStatus.Outcome.Undone, "web: as before the run."));
    assertThat(snapshot.withRun(next).undoing().name()).isEqualTo("first");
  }

  @Test
  void whatSomebodyElseChangedIsLeftAndListed() {
    // given
    var snapshot = undoing().work(new Work.Drifted("so it was left as it is.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).undone())
        .containsExactly(undo("second", UndoStatus.Outcome.Partly));
  }

  @Test
  void nothingIsDecidedBeforeTheTargetsWereLookedAt() {
    // given
    var snapshot = undoing().work(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void whatCannotBePutBackAsks() {
    // given
    var snapshot = undoing().work(new Work.Impossible("ImageLost", "its image is lost.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(question.about()).isEqualTo("second");
    assertThat(question.message())
        .startsWith("Action second is not put back: its image is lost. Retry tries again.");
  }

  @Test
  void targetsThatChangeAllTheTimeAsk() {
    // given
    var snapshot = undoing().after(Duration.ofMinutes(10)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNDO_FAILED);
  }

  /** Such as a Job: what takes it back takes long, too. */
  @Test
  void whatMayTakeLongMayTakeAsLongToBePutBack() {
    // given
    var slow = level("restart", "first", "second");
    slow = slow.withActions(slow.actions().stream().map(it -> it.withTimeout("1h")).toList());
    var snapshot = undoing().levels(slow).work(new Work.Rolling("Slowly.")).build();

    // then
    assertThat(Engine.decide(snapshot)).isEqualTo(new Wait(START.plus(Duration.ofHours(1))));
  }

  @Test
  void aFailedEffectAsksAboutItsAction() {
    // given
    var problem = new Problem("Forbidden", "May not patch web.");
    var snapshot = undoing().intent(Intent.Verb.Undo).progress(Reports.failed(problem)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(advanced(decision).question().about()).isEqualTo("second");
    assertThat(advanced(decision).intent()).isNull();
  }

  @Test
  void anAbortStopsTheUndoBeforeTheNextEffect() {
    // given
    var snapshot = undoing().wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(advanced(decision).message())
        .startsWith("Action second is not put back: carol asked to stop.");
  }

  @Test
  void aPlanThatGoesAwayIsUndoneToTheEnd() {
    // given
    var snapshot = undoing().wished(Run.State.Aborted).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().verb()).isEqualTo(Intent.Verb.Undo);
  }

  @Test
  void everythingBackIsUndone() {
    // given
    var snapshot =
        undone(undo("second", UndoStatus.Outcome.Undone), undo("first", UndoStatus.Outcome.Undone))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undone);
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.UNDONE);
    assertThat(advanced(decision).message())
        .isEqualTo("Everything that can be put back is as it was before.");
  }

  @Test
  void whatIsNotBackIsSaidAtTheEnd() {
    // given
    var snapshot =
        undone(undo("second", UndoStatus.Outcome.Partly), undo("first", UndoStatus.Outcome.Undone))
            .holding(WORKER)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.PARTLY_UNDONE);
    assertThat(advanced(decision).message())
        .startsWith(
            "The rest is as it was before; not put back: second: so it was left as it is. Still"
                + " off: Deployment worker (3 -> 0, run INC-42, action stop-worker). The next run"
                + " of this plan takes it over");
  }

  @Test
  void aRunWithoutARecordDoesNotClaimToHaveChangedNothing() {
    // given
    var snapshot =
        run()
            .asking(Ask.STATUS_LOST)
            .work(new Work.Observed("All is there."))
            .wished(Run.State.Undone)
            .build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Undone);
    assertThat(settled.run().message()).isEqualTo("The run is not known to have changed anything.");
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"Pending", "Checking", "AwaitingApproval", "Acting", "Verifying", "Soaking"})
  void anOpenRunIsStoppedAndThenUndone(Phase phase) {
    // given
    var snapshot =
        run()
            .in(phase, 0)
            .begun(ended("restart-web", Outcome.Succeeded))
            .wished(Run.State.Undone)
            .build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Undoing);
    assertThat(settled.undoing().name()).isEqualTo("restart-web");
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"Recovered", "Mitigated", "Exhausted", "Aborted", "Released"})
  void anEndedRunCanBeUndone(Phase phase) {
    // given
    var snapshot = run().in(phase, 0).wished(Run.State.Undone).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.UNDO_REQUESTED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"Failed", "Undone", "Completed"})
  void whatChangedNothingOrIsUndoneStaysSo(Phase phase) {
    // given
    var snapshot = run().in(phase, 0).wished(Run.State.Undone).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void anUndoWaitsForTheRelease() {
    // given
    var snapshot =
        run().in(Phase.Releasing, 0).holding(WORKER).work(TO_DO).wished(Run.State.Undone).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  @ParameterizedTest
  @MethodSource("dev.backstep.runbook.Works#obstacles")
  void whatStandsInTheWayAsks(Work obstacle) {
    // given
    var snapshot = undoing().work(obstacle).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(advanced(decision).message())
        .startsWith("Action second is not put back: In the way.");
  }

  @Test
  void undoneIsSaidWhenWhatWasPutBackRuns() {
    // given
    var rolling = new Work.Rolling("Still rolling out: Deployment web: 1 ready.");
    var snapshot =
        undone(undo("second", UndoStatus.Outcome.Undone), undo("first", UndoStatus.Outcome.Undone))
            .work(rolling);

    // when
    var decision = Engine.decide(snapshot.build());

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(3))));
    var late = Engine.decide(snapshot.after(Duration.ofMinutes(3)).build());
    assertThat(advanced(late).phase()).isEqualTo(Phase.Undone);
    assertThat(advanced(late).message())
        .isEqualTo(
            "Everything that can be put back is as it was before. Still rolling out: Deployment"
                + " web: 1 ready.");
  }

  @Test
  void aHoldOfARunWhoseRecordWasLostIsGivenBack() {
    // given
    var mine =
        new Hold(
            "INC-42", "claim", "restart-web", "scale", "Deployment", "worker", "3", "0", START);
    var snapshot = run().in(Phase.Undoing).holding(mine, WORKER).work(TO_DO).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(snapshot.undoing().name()).isEqualTo("restart-web");
    assertThat(acted(decision).intent().verb()).isEqualTo(Intent.Verb.Undo);
  }

  /** Whatever its records say: they may mean something else here. */
  @Test
  void whatARunOfAnotherVersionDidIsPutBackOnlyIfSomebodyAgrees() {
    // given
    var agreed = List.of(new Agreement(Agreement.What.GivingBack, "second"));

    // when
    var question = advanced(Engine.decide(undoing().status(run -> run.records(1)).build()));
    var goesOn = Engine.decide(undoing().status(run -> run.records(1).agreed(agreed)).build());

    // then
    assertThat(question.question().reason()).isEqualTo(Reasons.UNDO_DOUBTED);
    assertThat(question.question().about()).isEqualTo("second");
    assertThat(question.question().choices())
        .containsExactly(Choice.Proceed, Choice.Skip, Choice.Accept);
    assertThat(acted(goesOn).intent().verb()).isEqualTo(Intent.Verb.Undo);
  }
}
