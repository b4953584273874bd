package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.gatedBy;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Release;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReleasingTest {
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment worker: 0 -> 3 replicas");
  private static final Gate FIXED = Plans.gate("fixed").withUse(Gate.Use.OnDemand);

  private static RunSnapshots releasing() {
    return run()
        .in(Phase.Releasing, 0)
        .begun(ended("restart-web", Outcome.Succeeded))
        .holding(WORKER)
        .work(TO_DO)
        .wished(Run.State.Released);
  }

  private static RunSnapshots gated() {
    return releasing()
        .gates(Plans.gate("api"), FIXED)
        .plan(plan -> plan.release(new Release(List.of("fixed"))));
  }

  /** Everything was given back after the run had healed. */
  private static RunSnapshots givenBack() {
    return releasing()
        .holding()
        .work(new Work.Observed("All is there."))
        .status(run -> run.respondedAt(START).mitigatedAt(START));
  }

  private static RunSnapshots measured() {
    return givenBack().status(run -> run.givenBackAt(START));
  }

  @Test
  void nothingIsGivenBackBeforeTheReleaseGatesWereMeasured() {
    // given
    var snapshot = gated().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plusSeconds(60)));
  }

  @Test
  void healthyReleaseGatesLetTheReleaseBegin() {
    // given
    var snapshot = gated().green("fixed", 3).build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().agreed()).containsExactly(Releasing.GATES);
    assertThat(acted(Engine.decide(settled)).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  @Test
  void aRedReleaseGateAsksInsteadOfReleasing() {
    // given
    var snapshot = gated().red("fixed", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.RELEASE_GATE);
    assertThat(question.choices()).containsExactly(Choice.Retry, Choice.Proceed, Choice.Accept);
    assertThat(question.message()).startsWith("Nothing was given back. Gate fixed (503");
  }

  @Test
  void aReleaseGateThatIsUndecidedForAMinuteAsks() {
    // given
    var snapshot = gated().unmeasured("fixed").after(Duration.ofSeconds(60)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_GATE);
  }

  private static final Work DOUBTED =
      new Work.ToDo(
          1, "Application shop: off -> on", 0, Optional.of(new Work.Doubt("Git differs.", false)));

  @Test
  void whatSpeaksAgainstGivingBackIsAskedOnce() {
    // given
    var snapshot = releasing().work(DOUBTED).build();

    // when
    var question = advanced(Engine.decide(snapshot)).question();
    var agreed =
        releasing()
            .work(DOUBTED)
            .status(
                run ->
                    run.agreed(List.of(new Agreement(Agreement.What.GivingBack, WORKER.action()))))
            .build();

    // then
    assertThat(question.reason()).isEqualTo(Reasons.RELEASE_DOUBTED);
    assertThat(question.about()).isEqualTo(WORKER.action());
    assertThat(question.choices()).containsExactly(Choice.Retry, Choice.Proceed, Choice.Accept);
    assertThat(question.message()).startsWith("Git differs.");
    assertThat(acted(Engine.decide(agreed)).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  /** Whatever its records say: they may mean something else here. */
  @Test
  void whatARunOfAnotherVersionHoldsIsGivenBackOnlyIfSomebodyAgrees() {
    // given
    var foreign = releasing().work(TO_DO).status(run -> run.records(1));
    var agreed = List.of(new Agreement(Agreement.What.GivingBack, WORKER.action()));

    // when
    var question = advanced(Engine.decide(foreign.build())).question();
    var goesOn = Engine.decide(foreign.status(run -> run.records(1).agreed(agreed)).build());

    // then
    assertThat(question.reason()).isEqualTo(Reasons.RELEASE_DOUBTED);
    assertThat(question.message()).contains("another version of Backstep began the run");
    assertThat(acted(goesOn).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  @Test
  void whenThePlanGoesAwayItIsGivenBackInSpiteOfDoubts() {
    assertThat(acted(Engine.decide(releasing().work(DOUBTED).deleting().build())).intent().verb())
        .isEqualTo(Intent.Verb.Release);
  }

  @Test
  void releaseGatesAreNotAskedForWhenThePlanGoesAway() {
    // given
    var snapshot = gated().red("fixed", 3).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).intent().verb()).isEqualTo(Intent.Verb.Release);
  }

  @ParameterizedTest
  @EnumSource(names = {"RELEASE_GATE", "RELEASE_DOUBTED", "RELEASED_UNHEALTHY", "UNDO_FAILED"})
  void aPlanThatGoesAwayDoesNotWaitForAnAnswerHowToEnd(Ask ask) {
    // given
    var snapshot = releasing().asking(ask).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(advanced(decision).reason()).isEqualTo(Reasons.PLAN_DELETED);
    assertThat(advanced(decision).question()).isNull();
  }

  @Test
  void anAbortStopsTheReleaseBeforeTheNextEffect() {
    // given
    var snapshot = releasing().wished(Run.State.Aborted).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(advanced(decision).message()).startsWith("carol asked to stop the release. Retry");
    assertThat(Decisions.holds(decision)).containsExactly(WORKER);
  }

  @Test
  void anEffectOfWhichNothingIsKnownAsks() {
    // given
    var report = Reports.lost("It broke off.");
    var snapshot = releasing().intent(Intent.Verb.Release).progress(report).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_UNKNOWN);
    assertThat(advanced(decision).intent()).isNull();
    assertThat(advanced(decision).message())
        .startsWith("Could not give everything back: It broke off.");
  }

  @Test
  void aRunThatHealedIsMeasuredAgainWithoutItsHolds() {
    // given
    var snapshot = givenBack().green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
    assertThat(next.measuringSince()).isEqualTo(snapshot.now());
    assertThat(next.reason()).isEqualTo(Reasons.MEASURING);
  }

  @Test
  void aRunThatNeverHealedIsReleasedAtOnce() {
    // given
    var snapshot = givenBack().status(run -> run.mitigatedAt(null)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Released);
  }

  @Test
  void healthyWithoutItsHoldsIsReleased() {
    // given
    var snapshot = measured().green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Released);
    assertThat(advanced(decision).message())
        .isEqualTo("Nothing is held any more. Gate api is healthy.");
  }

  @Test
  void redBeforeItsTimeIsOverMaySimplyBeStarting() {
    // given
    var snapshot = measured().red("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(2))));
  }

  @Test
  void notHealthyWithoutItsHoldsAsks() {
    // given
    var snapshot = measured().red("api", 3).after(Duration.ofMinutes(2)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var question = advanced(decision).question();
    assertThat(question.reason()).isEqualTo(Reasons.RELEASED_UNHEALTHY);
    assertThat(question.choices()).containsExactly(Choice.Retry, Choice.Accept);
  }

  @Test
  void afterTheReleaseTheHealthGatesDecideAndNotThoseOfTheLevelThatHeld() {
    // given
    var holding = gatedBy(level("restart", "restart-web"), "fixed");
    var snapshot =
        measured()
            .gates(Plans.gate("api"), FIXED)
            .levels(holding)
            .green("fixed", 3)
            .red("api", 3)
            .after(Duration.ofMinutes(2))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASED_UNHEALTHY);
  }

  @Test
  void aWishThatIsStillThereDoesNotReleaseWhatAHumanHeldAgain() {
    // given
    var snapshot = releasing().in(Phase.Mitigated, 0).status(run -> run.heldAgain(true)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void aWishThatIsExpressedAnewReleasesWhatAHumanHeldAgain() {
    // given
    var held = releasing().in(Phase.Mitigated, 0).status(run -> run.heldAgain(true));
    var takenBack = Decisions.settled(held.wished(Run.State.Running).build());
    var wish = Plans.wishing(takenBack.wish(), Run.State.Released, "carol", null);

    // when
    var decision = Engine.decide(takenBack.withWish(wish));

    // then
    assertThat(takenBack.run().phase()).isEqualTo(Phase.Mitigated);
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
  }

  @ParameterizedTest
  @MethodSource("dev.backstep.runbook.Works#obstacles")
  void whatStandsInTheWayOfTheReleaseAsks(Work obstacle) {
    // given
    var snapshot = releasing().work(obstacle).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.RELEASE_FAILED);
    assertThat(advanced(decision).message()).startsWith("In the way. Retry tries again.");
    assertThat(Decisions.holds(decision)).containsExactly(WORKER);
  }

  @Test
  void whatIsNotKnownYetIsAskedAboutInTheEnd() {
    // given
    var unknown = releasing().work(null).after(Duration.ofMinutes(10));

    // when
    var decision = Engine.decide(unknown.build());

    // then
    assertThat(decision).isEqualTo(new Wait(null));
    var failed = unknown.work(new Work.Rolling("It could not be looked at.")).build();
    assertThat(advanced(Engine.decide(failed)).question().reason())
        .isEqualTo(Reasons.RELEASE_FAILED);
  }

  @Test
  void releasedIsSaidWhenTheReplicasAreThereAgain() {
    // given
    var rolling = new Work.Rolling("Still rolling out: Deployment worker: 1 ready.");
    var snapshot = measuredWithoutGates().work(rolling).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(3))));
    var there = snapshot.withWork(new Work.Observed("It is rolled out."));
    assertThat(advanced(Engine.decide(there)).message()).isEqualTo("Nothing is held any more.");
  }

  /** Who looks may take longer than a pass. */
  @Test
  void releasedIsNotSaidBeforeAnybodyLooked() {
    // given
    var snapshot = measuredWithoutGates().work(null);

    // then
    assertThat(Engine.decide(snapshot.build())).isEqualTo(new Wait(null));
    assertThat(advanced(Engine.decide(snapshot.deleting().build())).phase())
        .isEqualTo(Phase.Released);
  }

  private static RunSnapshots measuredWithoutGates() {
    return givenBack().status(run -> run.mitigatedAt(null));
  }

  @Test
  void aRollOutThatTakesTooLongIsSaid() {
    // given
    var rolling = new Work.Rolling("Still rolling out: Deployment worker: 1 ready.");
    var snapshot = measuredWithoutGates().work(rolling).after(Duration.ofMinutes(3)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Released);
    assertThat(advanced(decision).message())
        .isEqualTo("Nothing is held any more. Still rolling out: Deployment worker: 1 ready.");
  }

  @Test
  void whatCouldNotComeBackIsSaidAndNotWaitedFor() {
    // given
    var drifted = new Work.Drifted("SyncControl orders could not give everything back.");

    // when
    var decision = Engine.decide(measuredWithoutGates().work(drifted).build());

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Released);
    assertThat(advanced(decision).message())
        .isEqualTo("Nothing is held any more. SyncControl orders could not give everything back.");
  }

  @Test
  void aPlanThatGoesAwayDoesNotWaitForARollOut() {
    // given
    var rolling = new Work.Rolling("Still rolling out: Deployment worker: 1 ready.");
    var snapshot = measuredWithoutGates().work(rolling).deleting().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Released);
  }

  @Test
  void whatOthersStillHoldIsNotCalledNothing() {
    // given
    var others = List.of("Deployment worker (0 replicas) by run INC-7 (action stop)");
    var snapshot = measuredWithoutGates().world(it -> it.heldByOthers(others)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message())
        .isEqualTo(
            "This plan holds nothing any more, but others do: Deployment worker (0 replicas) by run"
                + " INC-7 (action stop).");
  }

  @Test
  void whatIsAsBeforeWithoutAnEffectIsHeldNoMore() {
    // given
    var snapshot = releasing().work(new Work.Observed("ConfigMap settings: as before.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(Decisions.holds(decision)).isEmpty();
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(advanced(decision).message()).isEqualTo("ConfigMap settings: as before.");
  }

  private static Hold ofThisRun() {
    return new Hold(
        "INC-42", "claim", "stop-worker", "scale", "Deployment", "worker", "3", "0", START);
  }

  /** Who tries it again says that what nobody could find out did not happen. */
  @Test
  void retryAfterAnUnknownReleaseSettlesIt() {
    // given
    var unknown = Reports.sent(1, How.Unknown).get(0).withVerb(Intent.Verb.Release);
    var action = RunSnapshots.underWay("stop-worker", 1);
    var snapshot =
        run()
            .in(Phase.Releasing, 0)
            .begun(action.withSent(List.of(action.sent().get(0), unknown)))
            .holding(ofThisRun())
            .asking(Ask.RELEASE_FAILED)
            .answered(Choice.Retry)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    var sent = Decisions.lastAction(next, 0).sent();
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
    assertThat(sent.get(1).how(0)).isEqualTo(How.Refused);
    assertThat(Decisions.lastAction(next, 0).attempt()).isEqualTo(2);
  }
}
