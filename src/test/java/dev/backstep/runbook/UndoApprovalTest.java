package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.acted;
import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.ended;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UsedApproval;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UndoApprovalTest {
  private static final Work.Replacing DATA =
      new Work.Replacing("What was written since is put aside.", List.of("orders 7"));
  private static final Work REPLACES =
      new Work.ToDo(1, "Swap back.", 0, Optional.empty(), Optional.of(DATA));
  private static final ApprovalStatus.Given ERIN = new ApprovalStatus.Given("u2", "erin");

  private static final Consent NOBODY = new Consent(1, List.of(), null, List.of(), null);
  private static final Consent YES = new Consent(1, List.of(ERIN), null, List.of(), null);
  private static final Consent NO = new Consent(1, List.of(), "erin said no", List.of(), null);
  private static final Consent UNPROVEN =
      new Consent(1, List.of(ERIN), null, List.of(), "The policy is gone.");

  /** alice asked for the run, and carol for the undo. */
  private static RunSnapshots undoing() {
    return run()
        .levels(level("restore", "data"))
        .in(Phase.Undoing, 0)
        .begun(ended("data", Outcome.Succeeded))
        .work(REPLACES)
        .wished(Run.State.Undone)
        .hash("data", "h2");
  }

  private static ApprovalStatus asked(String hash, ApprovalStatus.Given... given) {
    return ApprovalStatusBuilder.builder()
        .level("restore")
        .undo(new ApprovalStatus.Undo("data", DATA.message()))
        .hash(hash)
        .wants(1)
        .given(List.of(given))
        .since(START)
        .round(0)
        .build();
  }

  private static RunSnapshots awaiting(Consent consent) {
    return undoing()
        .in(Phase.AwaitingApproval, 0)
        .work(null)
        .world(snapshot -> snapshot.hashes(Map.of()))
        .status(run -> run.approval(asked("h2")))
        .consent(consent);
  }

  private static RunSnapshots approved(Consent consent) {
    return undoing().status(run -> run.approval(asked("h2", ERIN))).consent(consent);
  }

  /** The plan is deleted while people are asked. */
  static RunSnapshot deleted() {
    return awaiting(NOBODY).deleting().build();
  }

  @Test
  void anUndoThatReplacesLiveDataAsksBeforeItIsSent() {
    // given
    var snapshot = undoing().actsUnder("restore", "h1").hash("data", "h2").consent(NOBODY).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.active()).isTrue();
    assertThat(next.intent()).isNull();
    assertThat(next.approval()).isEqualTo(asked("h2").withSince(snapshot.now()));
    assertThat(next.message())
        .isEqualTo(
            "To put back action data wants 1 approval, not from carol, who asked for the undo, nor from alice, who asked for the run. What was written since is put aside. Nothing more is changed until then.");
  }

  @Test
  void whatReplacesNothingIsPutBackUnasked() {
    // given
    var snapshot = undoing().work(new Work.ToDo(1, "Web comes back.")).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).phase()).isEqualTo(Phase.Undoing);
  }

  @Test
  void nothingIsAskedBeforeItIsKnownWhatPeopleSaid() {
    // given
    var snapshot = undoing().build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void whoAgreesLetsItGoOn() {
    // given
    var snapshot = awaiting(YES).after(Duration.ofHours(3)).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Undoing);
    assertThat(next.phaseSince()).isEqualTo(snapshot.now());
    assertThat(next.message()).isEqualTo("erin approved that action data is put back.");
  }

  @Test
  void anApprovalIsUsedByTheWriteThatRecordsTheFirstEffect() {
    // given
    var snapshot = approved(YES).build();

    // when
    var next = acted(Engine.decide(snapshot));

    // then
    assertThat(next.intent().action()).isEqualTo("data");
    assertThat(next.approval().usedAt()).isEqualTo(snapshot.now());
    assertThat(next.approvals())
        .containsExactly(new UsedApproval("u2", "erin", "restore", "h2", snapshot.now()));
  }

  @Test
  void anApprovalMayExpireWhileItIsPutBack() {
    // given
    var used = asked("h2", ERIN).withUsedAt(START);
    var snapshot = undoing().status(run -> run.approval(used)).consent(NOBODY).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(acted(decision).approvals()).isEmpty();
  }

  @Test
  void anApprovalThatExpiredBeforeDoesNotCount() {
    // given
    var snapshot = approved(NOBODY).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.message()).startsWith("The approvals given before are not valid any more.");
  }

  /** Such as another restore, while people thought about it. */
  @Test
  void whatIsLiveMayChangeBeforeIt() {
    // given
    var snapshot = approved(YES).hash("data", "h3").build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_VOID);
    assertThat(next.approval().hash()).isEqualTo("h3");
    assertThat(next.approval().given()).isEmpty();
    assertThat(next.message()).startsWith("What is live changed, so approvals given so far do not");
  }

  @Test
  void aNoBeforeTheFirstEffectStillCounts() {
    // given
    var snapshot = approved(NO).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
  }

  @Test
  void aNoAsks() {
    // given
    var snapshot = awaiting(NO).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.question().reason()).isEqualTo(Reasons.UNDO_REJECTED);
    assertThat(next.question().about()).isEqualTo("data");
    assertThat(next.message())
        .startsWith(
            "Action data is not put back: it was rejected: erin said no. Retry asks for approval again.");
  }

  @Test
  void whoWantsItAgainAfterANoNeedsNewApprovals() {
    // given
    var snapshot =
        undoing()
            .status(run -> run.approval(asked("h2", ERIN)))
            .asking(Ask.UNDO_REJECTED, "data")
            .answered(Choice.Retry)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Undoing);
    assertThat(next.approval().round()).isEqualTo(1);
    assertThat(next.approval().given()).isEmpty();
  }

  /** While somebody looked for the cause more was written, so it is looked at again. */
  @Test
  void whatIsTriedAgainLooksAtTheApprovalAgain() {
    // given
    var used = asked("h2", ERIN).withUsedAt(START);
    var snapshot =
        undoing()
            .status(run -> run.approval(used))
            .asking(Ask.UNDO_FAILED, "data")
            .answered(Choice.Retry)
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.approval()).isEqualTo(asked("h2", ERIN));
  }

  @Test
  void nobodysWordCountsWhileItIsNotProvenWhoseItIs() {
    // given
    var snapshot = awaiting(UNPROVEN).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.question().reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(next.message()).contains("approvals cannot be trusted now: The policy is gone.");
  }

  @Test
  void anAbortEndsTheWait() {
    // given
    var snapshot = awaiting(NOBODY).wished(Run.State.Aborted).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.question().reason()).isEqualTo(Reasons.UNDO_FAILED);
    assertThat(next.message()).startsWith("Action data is not put back: carol asked to stop.");
  }

  /** It does not stop the run: that ends already. */
  @Test
  void whatElseIsWantedWaits() {
    // given
    var snapshot = awaiting(NOBODY).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Wait.class);
  }

  @Test
  void aPlanThatIsDeletedDoesNotWaitForPeople() {
    // when
    var next = advanced(Engine.decide(deleted()));

    // then
    assertThat(next.phase()).isEqualTo(Phase.Releasing);
  }

  @Test
  void nobodyAnsweredIsSaidAgain() {
    // given
    var snapshot = awaiting(NOBODY).after(Duration.ofMinutes(30)).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_OVERDUE);
    assertThat(next.message()).contains("To put back action data wants 1 approval");
  }

  /** Who takes the wish away, or overwrites it, does not become somebody who may agree alone. */
  @Test
  void whoAskedIsKnownOnlyFromTheWish() {
    assertThat(UndoApproval.asker(awaiting(NOBODY).build())).contains("carol");
    assertThat(UndoApproval.asker(awaiting(NOBODY).withoutWish().build())).isEmpty();
    assertThat(UndoApproval.asker(awaiting(NOBODY).wished(Run.State.Released).build())).isEmpty();
  }
}
