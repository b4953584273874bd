package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is made ready before people are asked whether a level may act. */
class PreparingTest {
  private static final Level CAREFUL =
      level("restore", "stop", "data").withApproval(ApprovalPolicy.DEFAULT);
  private static final Level NEXT = level("revert", "revert-web");
  private static final Consent NOBODY = new Consent(1, List.of(), null, List.of(), null);
  private static final Work TO_DO = new Work.ToDo(1, "Do it.");
  private static final Work FOUND = new Work.Observed("3 h 12 min would be lost.");
  private static final ActionStatus PLACE = begun("stop").withStartedAt(null);

  private static ActionStatus begun(String name) {
    return ActionStatus.begun(name, RunSnapshots.START);
  }

  private static RunSnapshots entered() {
    return run()
        .levels(CAREFUL, NEXT)
        .in(Phase.Acting, 0)
        .consent(NOBODY)
        .hash("restore", "h1")
        .work(TO_DO);
  }

  private static RunSnapshots preparing(ActionStatus data) {
    return entered().begun(PLACE, data.withPreparing(true)).consent(NOBODY);
  }

  @Test
  void whatIsNotReadyIsMadeReadyBeforeAnybodyIsAsked() {
    // given
    var snapshot = entered().world(it -> it.unprepared("data")).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.reason()).isEqualTo(Reasons.PREPARING);
    assertThat(next.action()).isEqualTo(1);
    assertThat(next.levels().get(0).actions())
        .extracting(ActionStatus::name, ActionStatus::begun, ActionStatus::isPreparing)
        .containsExactly(tuple("stop", false, false), tuple("data", false, true));
  }

  @Test
  void nobodyIsAskedForIt() {
    // when
    var next = acted(Engine.decide(preparing(begun("data")).build()));

    // then
    assertThat(next.intent().action()).isEqualTo("data");
    assertThat(next.approval()).isNull();
    assertThat(next.approvals()).isEmpty();
    assertThat(next.respondedAt()).isNull();
  }

  @Test
  void whenItIsReadyPeopleAreAskedAndToldWhatWasFound() {
    // when
    var next = settled(preparing(begun("data")).work(FOUND).build()).run();

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.action()).isNull();
    assertThat(next.message()).contains("Action data: 3 h 12 min would be lost.");
    assertThat(lastAction(next, 0).startedAt()).isNull();
    assertThat(lastAction(next, 0).preparing()).isNull();
  }

  @Test
  void whatIsGoneAgainInTheMiddleOfALevelIsMadeReadyThere() {
    // given
    var snapshot =
        run()
            .levels(CAREFUL, NEXT)
            .in(Phase.Acting, 0)
            .actsUnder("restore", "h1")
            .consent(NOBODY)
            .work(TO_DO)
            .begun(ended("stop", Outcome.Succeeded), begun("data"))
            .world(it -> it.unprepared("data"))
            .build();

    // when
    var preparing = advanced(Engine.decide(snapshot));
    var ready =
        advanced(
            Engine.decide(snapshot.with().run(preparing).unprepared(null).work(FOUND).build()));

    // then
    assertThat(preparing.reason()).isEqualTo(Reasons.PREPARING);
    assertThat(ready.reason()).isEqualTo(Reasons.PREPARED);
    assertThat(ready.action()).isEqualTo(1);
    assertThat(lastAction(ready, 0).begun()).isFalse();
  }

  @Test
  void whatCannotBeMadeReadyIsAsked() {
    // given
    var snapshot = preparing(begun("data")).work(new Work.Impossible("No", "Damaged.")).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Failed);
    assertThat(settled(snapshot).run().question().reason()).isEqualTo(Reasons.ACTION_FAILED);
  }

  @Test
  void whatIsTriedAgainIsStillOnlyMadeReady() {
    // given
    var failed = ended("data", Outcome.Failed);
    var snapshot =
        preparing(failed).asking(Ask.ACTION_FAILED, "data").answered(Choice.Retry).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(lastAction(next, 0).attempt()).isEqualTo(2);
    assertThat(lastAction(next, 0).isPreparing()).isTrue();
  }

  @Test
  void whoIsLeftOutLeavesTheRestOfTheLevelToBeApproved() {
    // given
    var snapshot =
        preparing(ended("data", Outcome.Failed))
            .asking(Ask.ACTION_FAILED, "data")
            .answered(Choice.Skip)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.action()).isNull();
    assertThat(lastAction(next, 0).outcome()).isEqualTo(Outcome.Skipped);
    assertThat(lastAction(next, 0).preparing()).isNull();
    assertThat(settled(snapshot).run().phase()).isEqualTo(Phase.AwaitingApproval);
  }

  @Test
  void whatIsTakenAsDoneIsNotTheActionItself() {
    // given
    var unknown = ended("data", Outcome.Unknown).withSent(Reports.sent(1, How.Unknown));
    var snapshot =
        preparing(unknown)
            .asking(Ask.OUTCOME_UNKNOWN, "data")
            .answered(Choice.Skip, "I looked.")
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.action()).isEqualTo(1);
    assertThat(lastAction(next, 0).outcome()).isNull();
    assertThat(lastAction(next, 0).isPreparing()).isTrue();
    assertThat(lastAction(next, 0).unsettled()).isFalse();
  }

  @Test
  void aLevelThatOnlyMadeSomethingReadyHasNotActed() {
    // given
    var ready = begun("data").withStartedAt(null).withSent(Reports.sent(1, How.Applied));

    // then
    assertThat(entered().begun(PLACE, ready).build().levelActed()).isFalse();
    assertThat(entered().begun(ready.withStartedAt(RunSnapshots.START)).build().levelActed())
        .isTrue();
  }

  @Test
  void whatIsKnownOfAnActionThatIsOnlyReadyIsAskedAgain() {
    // given
    var snapshot =
        entered().begun(ended("stop", Outcome.Succeeded), begun("data").withStartedAt(null));

    // then
    assertThat(snapshot.build().pinnedByBegun()).containsOnlyKeys("stop");
  }
}
