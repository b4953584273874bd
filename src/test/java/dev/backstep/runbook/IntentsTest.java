package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.after;
import static dev.backstep.runbook.Decisions.holds;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.InFlight;
import dev.backstep.effect.Progress.Report;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.runbook.Decision.Close;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntentsTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Hold MAILER = Plans.hold("INC-42", "mailer", START);

  private static RunSnapshots acting() {
    return run().in(Phase.Acting, 0).begun(underWay("restart-web", 0)).intent(Verb.Apply);
  }

  private static RunSnapshots releasing() {
    return run().in(Phase.Releasing, 0).holding(WORKER, MAILER).intent(Verb.Release);
  }

  private static Report applied(int targets) {
    return Reports.applied(targets);
  }

  private static Report refused(int targets) {
    return Reports.refused(targets);
  }

  private static Report failed(String message) {
    return Reports.failed(new Problem("Forbidden", message));
  }

  private static Report released(Problem failure, Hold... holds) {
    return failure == null
        ? Reports.of(holds.length, 0, List.of(), List.of(holds))
        : Reports.failed(failure, Reports.of(0, 0, List.of(), List.of(holds)));
  }

  @Test
  void anIntentFoundOpenIsClosedBeforeAnythingElse() {
    // given
    var snapshot = acting().work(new Work.Observed("done")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Close(snapshot.run().intent(), true));
  }

  @Test
  void anIntentFoundOpenIsFencedOffWhenTheRunIsToStop() {
    // given
    var snapshot = acting().wished(Run.State.Aborted).build();

    // when
    var stopping = Engine.decide(snapshot);

    // then
    assertThat(advanced(stopping).phase()).isEqualTo(Phase.Aborting);
    assertThat(Engine.decide(after(snapshot, stopping)))
        .isEqualTo(new Close(snapshot.run().intent(), false));
  }

  @Test
  void anIntentFoundOpenIsFencedOffWhenThePlanIsDeleted() {
    // given
    var snapshot = acting().deleting().build();

    // when
    var stopping = Engine.decide(snapshot);

    // then
    assertThat(advanced(stopping).phase()).isEqualTo(Phase.Aborting);
    assertThat(Engine.decide(after(snapshot, stopping)))
        .isEqualTo(new Close(snapshot.run().intent(), false));
  }

  @Test
  void anIntentFoundOpenWhileAbortingIsFencedOffWhateverIsWishedNow() {
    // given
    var snapshot = acting().in(Phase.Aborting).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Close(snapshot.run().intent(), false));
  }

  @Test
  void aReleaseFoundOpenIsCarriedOnEvenWhenThePlanIsDeleted() {
    // given
    var snapshot = releasing().deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Close(snapshot.run().intent(), true));
  }

  @Test
  void anEffectOnItsWayIsNeverInterrupted() {
    // given
    var snapshot = acting().progress(new InFlight()).wished(Run.State.Aborted).build();

    // when
    var stopping = Engine.decide(snapshot);

    // then
    assertThat(advanced(stopping).intent()).isEqualTo(snapshot.run().intent());
    assertThat(Engine.decide(after(snapshot, stopping))).isEqualTo(new Wait(null));
  }

  @Test
  void theOutcomeTakesTheIntentAway() {
    // given
    var snapshot = acting().progress(applied(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.intent()).isNull();
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.EFFECT_APPLIED);
    assertThat(lastAction(next, 0).changed()).isEqualTo(1);
    assertThat(lastAction(next, 0).outcome()).isNull();
  }

  @Test
  void theOutcomeIsRecordedAlsoWhenTheRunIsToStop() {
    // given
    var snapshot = acting().progress(applied(1)).wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.intent()).isNull();
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(lastAction(next, 0).changed()).isEqualTo(1);
  }

  @Test
  void whatTheEffectHoldsIsRememberedWithItsOutcome() {
    // given
    var report = Reports.of(1, 0, List.of(MAILER), List.of());
    var snapshot = acting().holding(WORKER).progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(WORKER, MAILER);
  }

  @Test
  void whatIsHeldAnywayIsNotCountedTwice() {
    // given
    var report = Reports.of(1, 0, List.of(WORKER), List.of());
    var snapshot = acting().holding(WORKER).progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(WORKER);
  }

  /** As a restore does with those whom it kept off the database. */
  @Test
  void whatAnActionGivesBackItselfIsNotHeldAnyMore() {
    // given
    var report = Reports.of(1, 0, List.of(), List.of(WORKER));
    var snapshot = acting().holding(WORKER, MAILER).progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(MAILER);
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Acting);
  }

  @Test
  void whatWasHeldBeforeAFailureIsRemembered() {
    // given
    var report =
        Reports.failed(
            new Problem("Forbidden", "May not."), Reports.of(1, 0, List.of(WORKER), List.of()));
    var snapshot = acting().progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(WORKER);
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(Outcome.Failed);
  }

  @Test
  void aFailedEffectFailsTheAction() {
    // given
    var snapshot = acting().progress(failed("runner may not patch Deployment web.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.intent()).isNull();
    assertThat(next.reason()).isEqualTo(Reasons.ACTION_FAILED);
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(lastAction(next, 0).message()).isEqualTo("runner may not patch Deployment web.");
    assertThat(lastAction(next, 0).endedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void aRefusedEffectIsPreparedAnew() {
    // given
    var refused = acting().progress(refused(1)).build();
    var snapshot =
        after(refused, Engine.decide(refused))
            .with()
            .progress(new Progress.None())
            .work(new Work.ToDo(1, "again"))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = acted(decision);
    assertThat(next.intent().effect()).isEqualTo(2);
    assertThat(lastAction(next, 0).conflicts()).isEqualTo(1);
  }

  @Test
  void anEffectThatIsRefusedTimeAndAgainFails() {
    // given
    var conflicts = RunSnapshots.underWay("restart-web", 0).withSent(Reports.sent(4, How.Refused));
    var snapshot =
        run().in(Phase.Acting, 0).begun(conflicts).intent(Verb.Apply).progress(refused(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.intent()).isNull();
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(next.message()).contains("5 times", "managedFields");
  }

  @Test
  void anEffectThatReachedItsTargetsForgetsEarlierConflicts() {
    // given
    var conflicts = RunSnapshots.underWay("restart-web", 0).withSent(Reports.sent(4, How.Refused));
    var snapshot =
        run().in(Phase.Acting, 0).begun(conflicts).intent(Verb.Apply).progress(applied(1)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).conflicts()).isZero();
  }

  @Test
  void aReleaseForgetsWhatIsOff() {
    // given
    var snapshot = releasing().progress(released(null, WORKER)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(holds(decision)).containsExactly(MAILER);
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(advanced(decision).intent()).isNull();
  }

  @Test
  void aFailedReleaseAsksAndKeepsWhatIsStillHeld() {
    // given
    var failure = new Problem("Forbidden", "runner may not patch Deployment mailer.");
    var snapshot = releasing().progress(released(failure, WORKER)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingAnswer);
    assertThat(next.intent()).isNull();
    assertThat(next.question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(next.question().choices()).containsExactly(Choice.Retry, Choice.Accept);
    assertThat(next.question().message()).contains("Deployment mailer");
    assertThat(holds(decision)).containsExactly(MAILER);
  }

  @Test
  void anOutcomeThatCannotBeFoundOutEndsTheActionAsUnknown() {
    // given
    var report = Reports.unknown("Lost.", WORKER);
    var snapshot = acting().progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var action = lastAction(advanced(decision), 0);
    assertThat(advanced(decision).intent()).isNull();
    assertThat(action.outcome()).isEqualTo(Outcome.Unknown);
    assertThat(action.message()).isEqualTo("Lost.");
    assertThat(holds(decision)).contains(WORKER);
  }

  @Test
  void targetsThatWereNotChangedAreRememberedForTheUndo() {
    // given
    var report = Reports.of(1, 1, List.of(), List.of());
    var snapshot = acting().progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var effect = lastAction(advanced(decision), 0).sent().get(0);
    assertThat(effect.how(0)).isEqualTo(How.Applied);
    assertThat(effect.how(1)).isEqualTo(How.Refused);
    assertThat(effect.results()).extracting(EffectResult::target).containsExactly("Deployment web");
  }

  @Test
  void whatIsGoneNeedsNotToBePutBack() {
    // given
    var report = Reports.gone(null);
    var snapshot = run().in(Phase.Undoing, 0).intent(Verb.Undo).progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
    assertThat(advanced(decision).question()).isNull();
    assertThat(advanced(decision).intent()).isNull();
  }

  @Test
  void aPausedRunDoesNotAskWhenAnUndoFails() {
    // given
    var snapshot =
        run()
            .in(Phase.Undoing, 0)
            .intent(Verb.Undo)
            .wished(Run.State.Paused)
            .status(run -> run.pausedSince(RunSnapshots.START))
            .progress(failed("May not."))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Undoing);
    assertThat(advanced(decision).intent()).isNull();
  }

  @Test
  void whatWasNotSentIsSaidAndIsNoConflict() {
    // given
    var snapshot = acting().progress(Reports.notSent("Nobody answered")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var action = lastAction(advanced(decision), 0);
    assertThat(action.outcome()).isNull();
    assertThat(action.conflicts()).isZero();
    assertThat(action.changed()).isZero();
    assertThat(advanced(decision).message()).isEqualTo("0 changed, 1 not sent. Nobody answered.");
  }

  @Test
  void aTargetThatIsGoneCannotBeRepaired() {
    // given
    var snapshot = acting().progress(Reports.gone(null)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(lastAction(advanced(decision), 0).outcome()).isEqualTo(ActionStatus.Outcome.Failed);
    assertThat(advanced(decision).message())
        .isEqualTo("Deployment web does not exist any more. Create it again first.");
  }
}
