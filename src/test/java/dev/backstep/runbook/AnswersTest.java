package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.SEQ;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Escalation;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.runbook.Decision.Wait;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each answer to each question does. */
class AnswersTest {
  private static final Set<Ask> BEFORE_THE_FIRST_LEVEL =
      EnumSet.of(Ask.ALREADY_HEALTHY, Ask.NOT_MEASURABLE, Ask.STATUS_LOST);
  private static final Hold WORKER = Plans.hold("INC-42", "worker", START);
  private static final Level FIRST = level("restart", "restart-web");
  private static final Level LAST = level("revert", "revert-web");

  /** Where a run goes from a question about its first of two levels with one action each. */
  private static final String TABLE =
      """
      ALREADY_HEALTHY     Proceed   Acting
      ALREADY_HEALTHY     Accept    Recovered
      NOT_MEASURABLE      Retry     Checking
      NOT_MEASURABLE      Proceed   Acting
      NOT_MEASURABLE      Accept    Recovered
      PREFLIGHT           Retry     Acting
      PREFLIGHT           NextLevel Acting
      STOP_CONDITION      Retry     Acting
      STOP_CONDITION      Proceed   Acting
      STOP_CONDITION      NextLevel Acting
      STOP_CONDITION      Accept    Recovered
      CONFIRM             Proceed   Acting
      CONFIRM             NextLevel Acting
      CONFIRM             Accept    Recovered
      PRECONDITION        Retry     Acting
      PRECONDITION        Proceed   Acting
      PRECONDITION        NextLevel Acting
      PRECONDITION        Accept    Recovered
      SCHEMA_CHANGED      Retry     Acting
      SCHEMA_CHANGED      Proceed   Acting
      SCHEMA_CHANGED      NextLevel Acting
      SCHEMA_CHANGED      Accept    Recovered
      POLICY_NOT_IN_FORCE Retry     Acting
      POLICY_NOT_IN_FORCE NextLevel Acting
      JOURNAL_UNAVAILABLE Retry     AwaitingApproval
      JOURNAL_UNAVAILABLE Proceed   AwaitingApproval
      JOURNAL_UNAVAILABLE NextLevel Acting
      JOURNAL_UNAVAILABLE Accept    Recovered
      REJECTED            Retry     Acting
      REJECTED            NextLevel Acting
      REJECTED            Accept    Recovered
      TARGET_OWNED        Retry     Acting
      TARGET_OWNED        Skip      Verifying
      TARGET_OWNED        NextLevel Acting
      TARGET_HELD         Retry     Acting
      TARGET_HELD         Skip      Verifying
      TARGET_HELD         NextLevel Acting
      ACTION_FAILED       Retry     Acting
      ACTION_FAILED       Skip      Verifying
      ACTION_FAILED       NextLevel Acting
      ACTION_FAILED       Accept    Recovered
      OUTCOME_UNKNOWN     Retry     Acting
      OUTCOME_UNKNOWN     Skip      Verifying
      OUTCOME_UNKNOWN     NextLevel Acting
      OUTCOME_UNKNOWN     Accept    Recovered
      CONTESTED           Proceed   Acting
      CONTESTED           Skip      Verifying
      CONTESTED           NextLevel Acting
      CONTESTED           Accept    Recovered
      EFFECT_NOT_OBSERVED Retry     Acting
      EFFECT_NOT_OBSERVED NextLevel Acting
      EFFECT_NOT_OBSERVED Accept    Recovered
      UNHEALTHY           Retry     Verifying
      UNHEALTHY           NextLevel Acting
      UNHEALTHY           Accept    Recovered
      INCONCLUSIVE        Retry     Verifying
      INCONCLUSIVE        NextLevel Acting
      INCONCLUSIVE        Accept    Recovered
      OVERWRITTEN         Retry     Acting
      OVERWRITTEN         Proceed   Soaking
      OVERWRITTEN         NextLevel Acting
      OVERWRITTEN         Accept    Recovered
      RELEASE_GATE        Retry     Releasing
      RELEASE_GATE        Proceed   Releasing
      RELEASE_GATE        Accept    Released
      RELEASE_DOUBTED     Retry     Releasing
      RELEASE_DOUBTED     Proceed   Releasing
      RELEASE_DOUBTED     Accept    Released
      RELEASE_FAILED      Retry     Releasing
      RELEASE_FAILED      Accept    Released
      RELEASE_UNKNOWN     Retry     Releasing
      RELEASE_UNKNOWN     Skip      Releasing
      RELEASE_UNKNOWN     Accept    Released
      RELEASED_UNHEALTHY  Retry     Acting
      RELEASED_UNHEALTHY  Accept    Released
      UNDO_DOUBTED        Proceed   Undoing
      UNDO_DOUBTED        Skip      Undoing
      UNDO_DOUBTED        Accept    Undone
      UNDO_REJECTED       Retry     Undoing
      UNDO_REJECTED       Skip      Undoing
      UNDO_REJECTED       Accept    Undone
      UNDO_FAILED         Retry     Undoing
      UNDO_FAILED         Skip      Undoing
      UNDO_FAILED         Accept    Undone
      UNDO_UNKNOWN        Retry     Undoing
      UNDO_UNKNOWN        Skip      Undoing
      UNDO_UNKNOWN        Accept    Undone
      STATUS_LOST         Accept    Aborted
      """;

  private record Row(Ask ask, Choice choice, Phase phase) {}

  private static Stream<Row> rows() {
    return TABLE
        .lines()
        .map(line -> line.split(" +"))
        .map(
            cells ->
                new Row(Ask.valueOf(cells[0]), Choice.valueOf(cells[1]), Phase.valueOf(cells[2])));
  }

  private static RunSnapshots asked(Ask ask, String about) {
    var begun = run().levels(FIRST, LAST).holdActions("restart-web");
    return BEFORE_THE_FIRST_LEVEL.contains(ask)
        ? begun.asking(ask, about)
        : begun
            .in(Phase.AwaitingAnswer, 0)
            .begun(ended("restart-web", Outcome.Succeeded))
            .status(run -> run.approval(approval()))
            .asking(ask, about);
  }

  private static ApprovalStatus approval() {
    return ApprovalStatusBuilder.builder()
        .level("restart")
        .hash("h1")
        .wants(1)
        .given(List.of(new ApprovalStatus.Given("u1", "dave")))
        .since(START)
        .round(0)
        .build();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyAnswerGoesWhereTheTableSays(Row row) {
    // given
    var snapshot = asked(row.ask(), "restart-web").answered(row.choice(), "I looked.").build();

    // when
    var answered = Decisions.after(snapshot, Engine.decide(snapshot));
    var leaving = answered.run().leaving() != null;
    var next = leaving ? advanced(Engine.decide(answered)) : answered.run();

    // then
    assertThat(next.phase()).isEqualTo(row.phase());
    assertThat(next.question()).isNull();
    assertThat(next.leaving()).isNull();
    assertThat(next.seq()).isEqualTo(SEQ + (leaving ? 2 : 1));
    var climbed = row.choice() == Choice.NextLevel;
    if (climbed) {
      assertThat(next.level()).isEqualTo(1);
      assertThat(next.action()).isNull();
      assertThat(next.levels().get(0).outcome()).isEqualTo(row.ask().leaving());
    }
  }

  @Test
  void theTableHasEveryAnswerToEveryQuestion() {
    // given
    var expected =
        Arrays.stream(Ask.values())
            .flatMap(ask -> ask.choices().stream().map(choice -> ask + " " + choice))
            .collect(Collectors.toCollection(TreeSet::new));

    // when
    var rows = rows().map(row -> row.ask() + " " + row.choice());

    // then
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void whatMayHaveHappenedIsOnlyDoneAgainBySomebodyWhoLooked() {
    // given
    var silent = asked(Ask.OUTCOME_UNKNOWN, "restart-web").answered(Choice.Retry, " ").build();

    // when
    var decision = Engine.decide(silent);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void skippingAnUnknownOutcomeTakesItAsDone() {
    // given
    var snapshot = asked(Ask.OUTCOME_UNKNOWN, "restart-web").answered(Choice.Skip).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var action = Decisions.lastAction(advanced(decision), 0);
    assertThat(action.outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(action.message()).isEqualTo("Taken as done, by decision of bob.");
  }

  @Test
  void skippingAnActionThatWasNeverBegunGoesOnWithTheNext() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .asking(Ask.TARGET_OWNED, "first")
            .answered(Choice.Skip)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.action()).isEqualTo(1);
    assertThat(Decisions.lastAction(next, 0).outcome()).isEqualTo(Outcome.Skipped);
    assertThat(next.message())
        .isEqualTo("bob answered Skip. Action first: Left out, by decision of bob.");
  }

  @Test
  void retryOfAnActionThatWasNeverBegunBeginsIt() {
    // given
    var snapshot =
        run()
            .levels(level("both", "first", "second"))
            .in(Phase.Acting, 0)
            .asking(Ask.TARGET_OWNED, "first")
            .answered(Choice.Retry)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).action()).isZero();
    assertThat(Decisions.lastAction(advanced(decision), 0))
        .isEqualTo(ActionStatus.begun("first", snapshot.now()).withAttempt(2));
  }

  @Test
  void proceedIsRememberedForWhatWasAskedAboutOnly() {
    // given
    var snapshot =
        asked(Ask.STOP_CONDITION, "disk-full")
            .agreed(stop("no-route"))
            .answered(Choice.Proceed)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).agreed()).containsExactly(stop("no-route"), stop("disk-full"));
    assertThat(advanced(decision).deliberate()).isTrue();
    assertThat(advanced(decision).action()).isNull();
  }

  private static Agreement stop(String name) {
    return new Agreement(Agreement.What.StopCondition, name);
  }

  @Test
  void whoGoesOnInSpiteOfAnOwnConditionOfThatNameDoesNotAgreeToTheBuiltInOne() {
    // given
    var name = "no-backup-before-destruction";
    var own = asked(Ask.STOP_CONDITION, name).answered(Choice.Proceed).build();
    var builtIn = asked(Ask.STOP_CONDITION, null).answered(Choice.Proceed).build();

    // when
    var first = advanced(Engine.decide(own));
    var second = advanced(Engine.decide(builtIn));

    // then
    assertThat(first.agreed()).containsExactly(stop(name));
    assertThat(second.agreed()).containsExactly(Entering.NO_BACKUP);
  }

  @Test
  void afterARejectionApprovalsGivenSoFarDoNotCountAgain() {
    // given
    var snapshot = asked(Ask.REJECTED, null).answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.approval().round()).isEqualTo(1);
    assertThat(next.approval().given()).isEmpty();
    assertThat(next.approval().usedAt()).isNull();
    assertThat(next.action()).isNull();
  }

  @Test
  void whatWasOverwrittenIsDoneAgainWhereSomethingIsLeftToDo() {
    // given
    var snapshot =
        asked(Ask.OVERWRITTEN, null)
            .status(run -> run.putBackFailed(true))
            .answered(Choice.Retry)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.action()).isZero();
    assertThat(next.putBackFailed()).isNull();
    var action = Decisions.lastAction(next, 0);
    assertThat(action.outcome()).isNull();
    assertThat(action.applied()).hasSize(1);
    assertThat(action.tried()).isEmpty();
    assertThat(action.attempt()).isEqualTo(2);
  }

  /** A new attempt of another action would do what nobody asked for. */
  @Test
  void onlyWhatWasOverwrittenIsDoneAgain() {
    // given
    var snapshot =
        run()
            .levels(level("all", "first", "second", "third"), LAST)
            .in(Phase.AwaitingAnswer, 0)
            .begun(
                ended("first", Outcome.Succeeded),
                ended("second", Outcome.Succeeded),
                ended("third", Outcome.Succeeded))
            .asking(Ask.OVERWRITTEN, "second, third")
            .answered(Choice.Retry)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    var actions = next.levels().get(0).actions();
    assertThat(actions).extracting(ActionStatus::attempt).containsExactly(1, 2, 2);
    assertThat(actions)
        .extracting(ActionStatus::outcome)
        .containsExactly(Outcome.Succeeded, null, null);
  }

  @Test
  void whatWasOverwrittenCanBeLeftSo() {
    // given
    var snapshot = asked(Ask.OVERWRITTEN, null).answered(Choice.Proceed).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Soaking);
    assertThat(advanced(decision).phaseSince()).isEqualTo(snapshot.now());
    assertThat(advanced(decision).agreed())
        .containsExactly(Agreement.of(Agreement.What.Overwritten));
  }

  @Test
  void holdingAgainIsDoneByTheLevelThatHeldAndByNothingElse() {
    // given
    var snapshot = heldByTheFirst(ended("revert-web", Outcome.Succeeded), "stop-worker");

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isZero();
    assertThat(next.action()).isZero();
    assertThat(next.heldAgain()).isTrue();
    assertThat(next.approval()).isNull();
    assertThat(next.levels().get(0).outcome()).isNull();
    assertThat(next.levels().get(0).actions())
        .extracting(ActionStatus::outcome)
        .containsExactly(null, Outcome.Succeeded);
    assertThat(next.levels().get(1).outcome()).isEqualTo(LevelStatus.Outcome.Healthy);
  }

  /** As an action whose target was off already, or that another one of the run holds. */
  @Test
  void aLevelThatTookNoHoldIsNotTheOneThatHeld() {
    // given
    var last = ended("revert-web", Outcome.Succeeded).with().sent(List.of()).build();
    var snapshot = heldByTheFirst(last, "stop-worker", "revert-web");

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).level()).isZero();
  }

  /** Asked whether to hold again, after a level of two actions and one of this. */
  private static RunSnapshot heldByTheFirst(ActionStatus last, String... holds) {
    var both = level("hold", "stop-worker", "warm-up");
    return run()
        .levels(both, LAST)
        .in(Phase.AwaitingAnswer, 1)
        .begun(last)
        .status(
            run ->
                run.levels(
                    List.of(
                        run.levels()
                            .get(0)
                            .withActions(
                                List.of(
                                    ended("stop-worker", Outcome.Succeeded),
                                    ended("warm-up", Outcome.Succeeded))),
                        run.levels().get(1).withOutcome(LevelStatus.Outcome.Healthy))))
        .holdActions(holds)
        .asking(Ask.RELEASED_UNHEALTHY)
        .answered(Choice.Retry)
        .build();
  }

  @Test
  void whereNothingCanBeHeldAgainTheGatesAreMeasuredAgain() {
    // given
    var snapshot = asked(Ask.RELEASED_UNHEALTHY, null).holdActions().answered(Choice.Retry).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
    assertThat(advanced(decision).measuringSince()).isEqualTo(snapshot.now());
  }

  @Test
  void aLevelThatNeverActedDoesNotActBecauseSomethingIsToBeHeldAgain() {
    // given
    var snapshot =
        run()
            .levels(FIRST)
            .in(Phase.AwaitingAnswer, 0)
            .destructive(false, "restart")
            .asking(Ask.RELEASED_UNHEALTHY)
            .answered(Choice.Retry)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void skippingAnUndoLeavesThatActionChanged() {
    // given
    var snapshot = asked(Ask.UNDO_FAILED, "restart-web").answered(Choice.Skip).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).undone())
        .containsExactly(
            new UndoStatus(
                "restart-web", UndoStatus.Outcome.Skipped, "Left changed, by decision of bob."));
  }

  @Test
  void acceptingAFailedUndoSaysWhatIsNotBack() {
    // given
    var snapshot =
        asked(Ask.UNDO_FAILED, "restart-web").holding(WORKER).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).message())
        .contains("Not put back: restart-web and what was done before it. Still off: Deployment");
  }

  @Test
  void acceptingAFailedUndoOfADrillCompletesIt() {
    // given
    var snapshot =
        asked(Ask.UNDO_FAILED, "restart-web").mode(Run.Mode.Drill).answered(Choice.Accept).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).phase()).isEqualTo(Phase.Completed);
  }

  @Test
  void everyQuestionSaysWhomToCallWhereThePlanSaysIt() {
    // given
    var contact = new Escalation.Contact("Dora", "databases", "+43 1 234", null);
    var snapshot =
        run()
            .in(Phase.Acting, 0)
            .begun(ended("restart-web", Outcome.Failed))
            .work(Works.NOTHING_GOES_ON)
            .plan(plan -> plan.escalation(new Escalation("Wake her", List.of(contact))))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().message())
        .endsWith("Accept ends the run as it is. Wake her. Call: Dora (databases, +43 1 234).");
  }
}
