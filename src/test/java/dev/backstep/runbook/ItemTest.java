package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.Plans.gatedBy;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.effect.Work;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ItemTest {
  private static final Level BY_HAND =
      level("restart", "call")
          .withActions(
              List.of(
                  Plans.action("call")
                      .with()
                      .restart(null)
                      .manual(new Manual("Call the bank.", null))
                      .build()));

  private static RunSnapshots acting() {
    return run()
        .levels(BY_HAND)
        .in(Phase.Acting, 0)
        .status(
            run ->
                run.levels(
                    run.build().levels().stream().map(level -> level.withHash("h1")).toList()))
        .work(new Work.Rolling("A human does this: Call the bank."));
  }

  @Test
  void aHumanIsToldWhatTheApprovalNames() {
    // given
    var snapshot = acting().build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().reason()).isEqualTo(Reasons.ACTION_ASKED);
    assertThat(settled.run().message())
        .isEqualTo(
            "Action call: A human does this: Call the bank. The Approval names level restart and"
                + " hash h1.");
    assertThat(Item.of(settled))
        .contains(new Item("call", "restart", "h1", "Call the bank.", snapshot.now()));
  }

  @Test
  void beforeAnActionIsBegunNobodyIsAsked() {
    assertThat(Item.of(acting().build())).isEmpty();
  }

  @Test
  void whoeverDoesItAgainIsAskedAgain() {
    // given
    var snapshot =
        acting()
            .begun(ended("call", Outcome.Failed).withSent(List.of()))
            .asking(Ask.ACTION_FAILED, "call")
            .answered(Choice.Retry)
            .after(Duration.ofHours(1))
            .build();

    // when
    var next = settled(snapshot);

    // then: the no of an hour ago is older than this
    assertThat(Item.of(next)).map(Item::since).contains(snapshot.now());
  }

  @Test
  void aPauseAsksNobodyAgain() {
    // given
    var paused =
        acting()
            .begun(underWay("call", 0))
            .paused(Duration.ZERO)
            .after(Duration.ofHours(1))
            .build();

    // when
    var next = settled(paused);

    // then
    assertThat(next.run().pausedSince()).isNull();
    assertThat(Item.of(next)).map(Item::since).contains(START);
  }

  @Test
  void aManualGateIsAnsweredFromWhenItIsAsked() {
    // given
    var snapshot =
        run()
            .gates(Plans.gate("api"), Plans.manual("look"))
            .levels(gatedBy(level("restart", "restart-web"), "look"))
            .in(Phase.Verifying, 0)
            .build();

    // when
    var asked = snapshot.withRun(advanced(Engine.decide(snapshot)));

    // then
    assertThat(Item.of(snapshot)).isEmpty();
    assertThat(Item.of(asked)).map(Item::name).contains("look");
    assertThat(Item.of(asked)).map(Item::since).contains(snapshot.now());
  }
}
