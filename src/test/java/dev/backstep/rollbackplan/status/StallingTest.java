package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ladder.Choice;
import dev.backstep.api.v1alpha1.status.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Question;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stalled is for what nobody is asked about; tools take it for a failure. */
class StallingTest {
  private static String stalled(Said plan) {
    return Said.text(plan.by(new Stalling()), "Stalled");
  }

  @Test
  void aPlanOfWhichNoLevelCanActIsStalled() {
    var plan = Said.plan().problem("restart", "No.").problem("code", "No.").problem("again", "No.");

    assertThat(stalled(plan))
        .isEqualTo("True Preflight: No level can be carried out: condition Executable says why.");
  }

  @Test
  void whatWasSaidBeforeIsKeptWhileItIsChecked() {
    var before =
        Said.plan().problem("restart", "No.").problem("code", "No.").problem("again", "No.");
    var status = before.view().status().withConditions(before.by(new Stalling()).list());

    assertThat(stalled(Said.plan().status(status).beingChecked())).startsWith("True Preflight:");
    assertThat(stalled(Said.plan().beingChecked())).isEqualTo("not said");
  }

  @Test
  void aPlanOfWhichOneLevelCanActIsNot() {
    var plan = Said.plan().problem("restart", "No.").problem("code", "No.");

    assertThat(stalled(plan)).isEqualTo("not said");
  }

  @Test
  void aRunWithNoLevelLeftIsStalled() {
    assertThat(stalled(Said.plan().run(Said.run(Phase.Exhausted).build())))
        .isEqualTo("True NoLevelLeft: What happened.");
  }

  @Test
  void aQuestionIsNotStalled() {
    var question = new Question("q-1", "Why", "What now?", List.of(Choice.Retry), Said.NOW, null);
    var run = Said.run(Phase.AwaitingAnswer).question(question).build();

    assertThat(stalled(Said.plan().run(run))).isEqualTo("not said");
  }

  @Test
  void anApprovalThatIsWaitedForIsNotStalled() {
    var approval = ApprovalStatusBuilder.builder().level("code").hash("abc").wants(1).build();
    var run = Said.run(Phase.AwaitingApproval).approval(approval).build();

    assertThat(stalled(Said.plan().run(run))).isEqualTo("not said");
  }
}
