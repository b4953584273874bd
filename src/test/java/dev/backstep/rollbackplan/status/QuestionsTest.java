package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ApprovalStatusBuilder;
import dev.backstep.api.v1alpha1.Choice;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Question;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run wants of a human, with the command that gives it. */
class QuestionsTest {
  private static final Says QUESTIONS = new Questions();

  @Test
  void aQuestionShowsItsAnswersAndHowToGiveOne() {
    var choices = List.of(Choice.Retry, Choice.Accept);
    var question = new Question("q-7", "ActionFailed", "It failed.", choices, Said.NOW, null);
    var run = Said.run(Phase.AwaitingAnswer).question(question).build();

    assertThat(Said.text(Said.plan().run(run).by(QUESTIONS), "AwaitingAnswer"))
        .startsWith("True Why: Question q-7: It failed.")
        .contains("kubectl -n shop patch rollbackplan web", "\"q-7\"", "Retry|Accept");
  }

  @Test
  void anApprovalThatIsWaitedForShowsWhatAnApprovalHasToName() {
    var approval = ApprovalStatusBuilder.builder().level("code").hash("abc").wants(1).build();
    var run = Said.run(Phase.AwaitingApproval).approval(approval).build();

    assertThat(Said.text(Said.plan().run(run).by(QUESTIONS), "AwaitingApproval"))
        .startsWith("True Why: What happened.")
        .contains("plan-uid", "INC-1", "code", "abc");
  }

  @Test
  void nothingIsAskedOtherwise() {
    assertThat(Said.plan().run(Said.run(Phase.Acting).build()).by(QUESTIONS).list()).isEmpty();
    assertThat(Said.plan().by(QUESTIONS).list()).isEmpty();
  }
}
