package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Decisions.lastAction;
import static dev.backstep.runbook.Decisions.settled;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static dev.backstep.runbook.RunSnapshots.underWay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.effect.Work;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PermissionTest {
  private static final ApprovalStatus.Given DAVE = new ApprovalStatus.Given("u1", "dave");
  private static final Consent YES = new Consent(1, List.of(DAVE), null, List.of(), null);
  private static final Consent EXPIRED =
      new Consent(1, List.of(), null, List.of("a-1 by dave: It expired at 15:05."), null);
  private static final Consent NO = new Consent(1, List.of(DAVE), "bob: wait", List.of(), null);
  private static final Work TO_DO = new Work.ToDo(1, "Deployment web: v2 -> v1.");
  private static final Level CAREFUL =
      level("restart", "first", "second").withApproval(ApprovalPolicy.DEFAULT);
  private static final Level REVERT = level("revert", "revert-web");

  private static RunSnapshots inLevel(Consent consent) {
    return run()
        .levels(CAREFUL, REVERT)
        .in(Phase.Acting, 0)
        .actsUnder("restart", "h1")
        .consent(consent)
        .work(TO_DO);
  }

  /** Approved, and nothing was done since. */
  private static RunSnapshots approved(Consent consent) {
    return inLevel(consent)
        .status(run -> run.approvals(null).approval(run.approval().withUsedAt(null)));
  }

  /** The level asks about its first action, after it had acted under its approval. */
  private static RunSnapshots asked(Ask ask, Consent consent, int changed) {
    return inLevel(consent)
        .begun(ended("first", Outcome.Failed).withSent(Reports.sent(changed, How.Applied)))
        .asking(ask, "first");
  }

  @Test
  void anApprovalIsUsedByTheWriteThatRecordsTheFirstEffect() {
    // given
    var snapshot = approved(YES).build();

    // when
    var next = acted(Engine.decide(snapshot));

    // then
    assertThat(next.intent().action()).isEqualTo("first");
    assertThat(next.approval().usedAt()).isEqualTo(snapshot.now());
    assertThat(next.approvals())
        .containsExactly(new UsedApproval("u1", "dave", "restart", "h1", snapshot.now()));
  }

  @Test
  void aLevelOfWhichNothingIsLeftToDoAsksNobody() {
    // given
    var skipped = ended("second", Outcome.Skipped).withSent(List.of());
    var snapshot =
        run()
            .levels(CAREFUL, REVERT)
            .begun(ended("first", Outcome.Skipped).withSent(List.of()), skipped)
            .in(Phase.Acting, 0)
            .status(run -> run.action(null))
            .consent(new Consent(1, List.of(), null, List.of(), null))
            .hash("restart", "h1")
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Verifying);
    assertThat(settled.run().approval()).isNull();
  }

  @Test
  void anApprovalThatExpiredBeforeTheFirstEffectDoesNotCount() {
    // given
    var snapshot = approved(EXPIRED).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_WANTED);
    assertThat(next.message()).startsWith("The approvals given before are not valid any more.");
    assertThat(settled(snapshot).run().message()).contains("It expired at 15:05.");
  }

  @Test
  void aNoBeforeTheFirstEffectStillCounts() {
    // given
    var snapshot = approved(NO).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().question().reason()).isEqualTo(Reasons.REJECTED);
  }

  @Test
  void anApprovalMayExpireWhileTheLevelActs() {
    // given
    var snapshot = inLevel(EXPIRED).begun(ended("first", Outcome.Succeeded)).atAction(1).build();

    // when
    var next = acted(Engine.decide(snapshot));

    // then
    assertThat(next.intent().action()).isEqualTo("second");
    assertThat(next.approvals()).hasSize(1);
  }

  @Test
  void whatIsDoneLaterHasToBeWhatWasApprovedToo() {
    // given
    var snapshot =
        inLevel(YES)
            .begun(ended("first", Outcome.Succeeded))
            .atAction(1)
            .hash("restart", "h2")
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_VOID);
    assertThat(next.approval().usedAt()).isNull();
    assertThat(next.action()).isEqualTo(1);
  }

  @Test
  void whatIsApprovedInTheMiddleOfALevelGoesOnThereWithAllItsTime() {
    // given
    var snapshot =
        approved(YES)
            .begun(ended("first", Outcome.Succeeded), underWay("second", 1))
            .in(Phase.AwaitingApproval, 0)
            .green("api", 3)
            .after(Duration.ofHours(3))
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.action()).isEqualTo(1);
    assertThat(lastAction(next, 0).startedAt()).isEqualTo(snapshot.now());
  }

  @Test
  void afterAPauseTheApprovalIsLookedAtAgain() {
    // given
    var paused = inLevel(EXPIRED).begun(underWay("first", 1)).paused(Duration.ZERO).build();

    // when
    var settled = settled(paused);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.AwaitingApproval);
  }

  @Test
  void aPauseInTheMiddleOfALevelWantsNoNewApproval() {
    // given
    var paused = inLevel(YES).begun(underWay("first", 1)).paused(Duration.ZERO).build();

    // when
    var next = acted(Engine.decide(settled(paused)));

    // then
    assertThat(next.approval().usedAt()).isEqualTo(paused.now());
    assertThat(next.approvals())
        .containsExactly(new UsedApproval("u1", "dave", "restart", "h1", START));
  }

  @Test
  void whatWasRefusedEverywhereIsTriedAgainUnderTheSameApproval() {
    // given
    var snapshot = asked(Ask.ACTION_FAILED, YES, 0).answered(Choice.Retry).build();

    // when
    var next = acted(Engine.decide(settled(snapshot)));

    // then
    assertThat(next.intent().action()).isEqualTo("first");
  }

  @Test
  void whatWasDoneIsNotDoneAgainUnderTheSameApproval() {
    // given
    var snapshot = asked(Ask.ACTION_FAILED, YES, 1).answered(Choice.Retry).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then: what was used is not offered as given, so it is not counted again
    assertThat(next.approval().usedAt()).isNull();
    assertThat(next.approval().given()).isEmpty();
    assertThat(next.approvals()).extracting(UsedApproval::uid).containsExactly("u1");
  }

  @Test
  void whatMayHaveBeenDoneIsNotDoneAgainUnderTheSameApproval() {
    // given
    var snapshot =
        inLevel(EXPIRED)
            .begun(ended("first", Outcome.Unknown).withSent(List.of()))
            .asking(Ask.OUTCOME_UNKNOWN, "first")
            .answered(Choice.Retry, "I looked: it did not happen")
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(settled.run().approval().given()).isEmpty();
  }

  @Test
  void retryAfterTheApprovalExpiredWantsANewOne() {
    // given
    var snapshot = asked(Ask.ACTION_FAILED, EXPIRED, 0).answered(Choice.Retry).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.AwaitingApproval);
  }

  @Test
  void skipAfterTheApprovalExpiredWantsANewOneForTheNextAction() {
    // given
    var snapshot = asked(Ask.ACTION_FAILED, EXPIRED, 0).answered(Choice.Skip).build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(settled.run().action()).isEqualTo(1);
  }

  @Test
  void whatSomebodyElseUndidIsDoneAgainUnderANewApprovalOnly() {
    // given
    var consent = new Consent(1, List.of(), null, List.of("a-1 by dave: It was used."), null);
    var snapshot =
        inLevel(consent)
            .begun(ended("first", Outcome.Succeeded), ended("second", Outcome.Succeeded))
            .asking(Ask.OVERWRITTEN)
            .answered(Choice.Retry)
            .build();

    // when
    var settled = settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(settled.run().message()).contains("a-1 by dave: It was used.");
    assertThat(settled.run().approval().given()).isEmpty();
  }
}
