package dev.backstep.runbook;

import static dev.backstep.runbook.Decisions.advanced;
import static dev.backstep.runbook.Plans.gatedBy;
import static dev.backstep.runbook.Plans.level;
import static dev.backstep.runbook.RunSnapshots.START;
import static dev.backstep.runbook.RunSnapshots.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Escalation;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApprovingTest {
  private static final ApprovalStatus.Given DAVE = new ApprovalStatus.Given("u1", "dave");
  private static final ApprovalStatus.Given ERIN = new ApprovalStatus.Given("u2", "erin");
  private static final Level CAREFUL =
      level("restart", "restart-web").withApproval(new ApprovalPolicy(2, "1h", "10m"));
  private static final Level REVERT = level("revert", "revert-web");

  private static RunSnapshots awaiting(Consent consent) {
    var status =
        ApprovalStatusBuilder.builder()
            .level("restart")
            .hash("h1")
            .wants(2)
            .since(START)
            .round(0)
            .build();
    return run()
        .levels(CAREFUL, REVERT)
        .in(Phase.AwaitingApproval, 0)
        .status(run -> run.approval(status))
        .hash("restart", "h1")
        .consent(consent);
  }

  private static Consent given(ApprovalStatus.Given... who) {
    return new Consent(2, List.of(who), null, List.of(), null);
  }

  @Test
  void aLevelWaitsForItsApprovalForEver() {
    // given
    var snapshot = awaiting(given()).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(START.plus(Duration.ofMinutes(10))));
  }

  @Test
  void nothingIsDecidedBeforeTheApprovalsWereLookedAt() {
    // given
    var snapshot = awaiting(null).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isEqualTo(new Wait(null));
  }

  @Test
  void oneOfTwoApprovalsIsRecordedAndNotEnough() {
    // given
    var snapshot = awaiting(given(DAVE)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_GIVEN);
    assertThat(next.approval().given()).containsExactly(DAVE);
    assertThat(next.message()).startsWith("1 of 2 (dave). Level 1/2 restart wants 2 approvals");
  }

  @Test
  void enoughApprovalsLetTheLevelAct() {
    // given
    var snapshot = awaiting(given(DAVE, ERIN)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.approval().usedAt()).isNull();
    assertThat(next.approvals()).isEmpty();
    assertThat(next.approval().given()).containsExactly(DAVE, ERIN);
    assertThat(next.message()).isEqualTo("dave and erin approved level restart.");
  }

  @Test
  void whatDestroysSomethingIsNotDoneWhileTheJournalIsAway() {
    // given
    var down = START.minus(Duration.ofMinutes(3));
    var harmless = awaiting(given(DAVE, ERIN)).world(it -> it.journalDownSince(down)).build();
    var destroying =
        awaiting(given(DAVE, ERIN))
            .destructive(false, "restart")
            .world(it -> it.journalDownSince(down))
            .build();

    // when
    var asked = advanced(Engine.decide(destroying));
    var cleared = destroying.run().withAgreed(List.of(Agreement.of(Agreement.What.WithoutJournal)));

    // then
    assertThat(advanced(Engine.decide(harmless)).phase()).isEqualTo(Phase.Acting);
    assertThat(asked.question().reason()).isEqualTo(Reasons.JOURNAL_UNAVAILABLE);
    assertThat(advanced(Engine.decide(destroying.withRun(cleared))).phase())
        .isEqualTo(Phase.Acting);
  }

  @Test
  void aRejectionWinsOverApprovals() {
    // given
    var consent = new Consent(2, List.of(DAVE, ERIN), "bob: too risky", List.of(), null);
    var snapshot = awaiting(consent).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.REJECTED);
    assertThat(advanced(decision).message())
        .startsWith("Level restart was rejected: bob: too risky. Retry asks for approval again.");
  }

  @Test
  void approvalsThatCannotBeTrustedAsk() {
    // given
    var consent = new Consent(2, List.of(DAVE, ERIN), null, List.of(), "The policy is gone.");
    var snapshot = awaiting(consent).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(advanced(decision).question().reason()).isEqualTo(Reasons.POLICY_NOT_IN_FORCE);
  }

  @Test
  void approvalsOfSomethingElseDoNotCount() {
    // given
    var snapshot =
        awaiting(given(DAVE, ERIN))
            .hash("restart", "h2")
            .status(run -> run.approval(run.approval().withRemindedAt(START)))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_VOID);
    assertThat(next.approval().hash()).isEqualTo("h2");
    assertThat(next.approval().given()).isEmpty();
    assertThat(next.approval().since()).isEqualTo(snapshot.now());
    assertThat(next.approval().remindedAt()).isNull();
    assertThat(next.levels().get(0).hash()).isEqualTo("h2");
  }

  @Test
  void aSystemThatTurnsHealthyIsNotTouchedAnyMore() {
    // given
    var snapshot = awaiting(given(DAVE, ERIN)).green("api", 3).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Soaking);
    assertThat(next.mitigatedAt()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains("Level restart has not acted");
  }

  @Test
  void aLevelThatIsWantedOnAHealthySystemWaitsOn() {
    // given
    var snapshot = awaiting(given()).green("api", 3).status(run -> run.deliberate(true)).build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Wait.class);
  }

  @Test
  void aGateThatNobodyLookedAtDoesNotSayThatTheSystemTurnedHealthy() {
    // given
    var snapshot =
        awaiting(given())
            .gates(Plans.gate("api"), Plans.manual("look"))
            .levels(gatedBy(CAREFUL, "look"), REVERT)
            .green("api", 3)
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    assertThat(decision).isInstanceOf(Wait.class);
  }

  @Test
  void aLevelThatDidNotActIsEnteredAgainWhenTheSystemDoesNotStayHealthy() {
    // given
    var snapshot =
        awaiting(given()).in(Phase.Soaking, 0).red("api", 3).status(r -> r.mitigatedAt(START));

    // when
    var decision = Engine.decide(snapshot.build());

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.Acting);
    assertThat(next.level()).isZero();
    assertThat(next.action()).isNull();
    assertThat(next.mitigatedAt()).isNull();
    assertThat(next.levels().get(0).outcome()).isNull();
  }

  @Test
  void nobodyAnsweringIsSaidAgainAndAgain() {
    // given
    var snapshot =
        awaiting(given())
            .plan(it -> it.escalation(new Escalation("Wake the database people", List.of())))
            .after(Duration.ofMinutes(10))
            .build();

    // when
    var decision = Engine.decide(snapshot);

    // then
    var next = advanced(decision);
    assertThat(next.phase()).isEqualTo(Phase.AwaitingApproval);
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_OVERDUE);
    assertThat(next.approval().remindedAt()).isEqualTo(snapshot.now());
    assertThat(next.message()).contains(" Wake the database people. Level 1/2 restart wants");
    assertThat(Engine.decide(snapshot.withRun(next)))
        .isEqualTo(new Wait(snapshot.now().plus(Duration.ofMinutes(10))));
  }

  @Test
  void anApprovalThatDoesNotCountIsNotSaidToBeGiven() {
    // given
    var why = "carol-1 by carol: It expired at 13:00. Approve again.";
    var consent = new Consent(2, List.of(), null, List.of(why), null);
    var snapshot = awaiting(consent).build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_IGNORED);
    assertThat(next.message()).startsWith("0 of 2. Level 1/2 restart wants").endsWith(why);
    assertThat(next.approval().ignored()).containsExactly(why);
  }

  @Test
  void aReminderSaysWhoHasAnsweredAndHowManyAreWanted() {
    // given
    var snapshot =
        awaiting(given(DAVE))
            .status(run -> run.approval(run.approval().withGiven(List.of(DAVE))))
            .after(Duration.ofMinutes(10))
            .build();

    // when
    var next = advanced(Engine.decide(snapshot));

    // then
    assertThat(next.reason()).isEqualTo(Reasons.APPROVAL_OVERDUE);
    assertThat(next.message()).startsWith("Approvals since " + START + ": 1 of 2 (dave).");
  }

  @Test
  void aRunCanBeStoppedWhileItWaitsForAnApproval() {
    // given
    var snapshot = awaiting(given(DAVE, ERIN)).wished(Run.State.Aborted).build();

    // when
    var settled = Decisions.settled(snapshot);

    // then
    assertThat(settled.run().phase()).isEqualTo(Phase.Aborted);
    assertThat(settled.run().levels().get(0).outcome()).isEqualTo(LevelStatus.Outcome.Aborted);
  }
}
