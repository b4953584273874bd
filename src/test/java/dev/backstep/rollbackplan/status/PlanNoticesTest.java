package dev.backstep.rollbackplan.status;

import static dev.backstep.api.v1alpha1.status.Phase.Acting;
import static dev.backstep.api.v1alpha1.status.Phase.AwaitingAnswer;
import static dev.backstep.api.v1alpha1.status.Phase.AwaitingApproval;
import static dev.backstep.api.v1alpha1.status.Phase.Checking;
import static dev.backstep.api.v1alpha1.status.Phase.Completed;
import static dev.backstep.api.v1alpha1.status.Phase.Mitigated;
import static dev.backstep.api.v1alpha1.status.Phase.Pending;
import static dev.backstep.api.v1alpha1.status.Phase.Released;
import static dev.backstep.api.v1alpha1.status.Phase.Releasing;
import static dev.backstep.api.v1alpha1.status.Phase.Verifying;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.notification.Notice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which steps of a run people are told of. */
class PlanNoticesTest {
  private final List<Transition> steps = new ArrayList<>();
  private String claim = "bs-1";
  private long seq;

  private PlanNoticesTest step(Phase phase, String level, String reason) {
    steps.add(
        new Transition("INC-1", claim, ++seq, Said.NOW, phase, level, null, reason, "It moved."));
    return this;
  }

  private List<String> told(Run.Mode mode) {
    var run = Said.run(Verifying).claim(claim).mode(mode).build();
    var status = RollbackPlanStatusBuilder.builder().run(run).transitions(steps).build();
    return PlanNotices.notices(status).stream().map(PlanNoticesTest::shown).toList();
  }

  private static String shown(Notice notice) {
    return "%d %s".formatted(notice.seq(), notice.event());
  }

  @Test
  void aRunIsToldByItsBeginningItsLevelsItsQuestionsAndItsEnds() {
    step(Pending, null, "Requested")
        .step(Checking, null, "Checked")
        .step(Acting, "code", "LevelEntered")
        .step(Acting, "code", "EffectIntended")
        .step(Verifying, "code", "ActionsDone")
        .step(Acting, "code", "Retrying")
        .step(Acting, "sync", "LevelEntered")
        .step(AwaitingAnswer, "sync", "ActionFailed")
        .step(AwaitingAnswer, "sync", "ActionFailed")
        .step(AwaitingAnswer, "sync", "OutcomeUnknown")
        .step(Verifying, "sync", "Answered")
        .step(Verifying, "sync", "ObjectiveMissed")
        .step(Mitigated, "sync", "Soaked")
        .step(Releasing, "sync", "ReleaseWanted")
        .step(Released, "sync", "Released");

    assertThat(told(Run.Mode.Execute))
        .containsExactly(
            "1 Started",
            "3 LevelReached",
            "7 LevelReached",
            "8 AnswerWanted",
            "10 AnswerWanted",
            "12 ObjectiveMissed",
            "13 Ended",
            "15 Ended");
  }

  @Test
  void anApprovalIsWantedOnceAndThenAsOftenAsItIsOverdue() {
    step(Pending, null, "Requested")
        .step(AwaitingApproval, "data", "ApprovalWanted")
        .step(AwaitingApproval, "data", "ApprovalIgnored")
        .step(AwaitingApproval, "data", "ApprovalOverdue")
        .step(AwaitingApproval, "data", "ApprovalOverdue")
        .step(Acting, "data", "Approved");

    assertThat(told(Run.Mode.Execute))
        .containsExactly(
            "1 Started",
            "2 ApprovalWanted",
            "4 ApprovalWanted",
            "5 ApprovalWanted",
            "6 LevelReached");
  }

  @Test
  void aDryRunIsNoNews() {
    step(Pending, null, "Requested").step(Completed, null, "DryRunDone");

    assertThat(told(Run.Mode.DryRun)).isEmpty();
  }

  @Test
  void theRunBeforeIsToldToItsEnd() {
    step(Pending, null, "Requested").step(Mitigated, "code", "Soaked");
    claim = "bs-2";
    seq = 0;
    step(Pending, null, "Requested");

    assertThat(told(Run.Mode.Execute)).containsExactly("1 Started", "2 Ended", "1 Started");
  }

  @Test
  void ofALongRunTheBeginningIsNotToldAgain() {
    seq = 40;
    step(Verifying, "code", "ActionsDone").step(Mitigated, "code", "Soaked");

    assertThat(told(Run.Mode.Execute)).containsExactly("42 Ended");
  }
}
