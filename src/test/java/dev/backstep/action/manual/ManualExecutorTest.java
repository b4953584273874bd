package dev.backstep.action.manual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.effect.Work;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManualExecutorTest {
  private static final Manual CALL = new Manual("Call the hoster.", null);

  private final ManualExecutor executor = new ManualExecutor();

  private static ActionScope answered(ItemAnswer answer) {
    return Scopes.of(
        (String item) -> Optional.ofNullable(answer).filter(it -> item.equals("back")));
  }

  private Work next(Manual action, ItemAnswer answer) {
    return executor.next(action, answered(answer)).toCompletableFuture().join().work();
  }

  @Test
  void theTaskIsSaidAndHowToAnswerIt() {
    assertThat(next(CALL, null))
        .isEqualTo(
            new Work.Rolling(
                "A human does this, and then makes an Approval with item back: Call the hoster."));
  }

  @Test
  void theChecklistFollowsTheTaskInItsOrder() {
    var action = new Manual("Fail over.", List.of("stop writes", "promote"));

    assertThat(((Work.Rolling) next(action, null)).message())
        .endsWith("Fail over. (stop writes; promote)");
  }

  @Test
  void doneIsDone() {
    assertThat(next(CALL, new ItemAnswer(true, true, "carol did it")))
        .isEqualTo(new Work.Observed("carol did it."));
  }

  @Test
  void notDoneFailsTheAction() {
    assertThat(next(CALL, new ItemAnswer(true, false, "carol could not")))
        .isEqualTo(new Work.Impossible("NotDone", "carol could not."));
  }

  /** The policy that says who wrote an Approval may be off for a moment. */
  @Test
  void anAnswerThatCannotBeTrustedYetIsLookedAtAgain() {
    assertThat(next(CALL, new ItemAnswer(false, true, "the policy is not in force")))
        .isEqualTo(new Work.Rolling("the policy is not in force", Duration.ofSeconds(5)));
  }
}
