package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.condition.Conditions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the API server refused is refused until something else is found out. */
class StillHeldUpTest {
  private static String heldUp(Said plan) {
    var refused =
        new Conditions(List.of(), 3L, Said.NOW)
            .say(ConditionTypes.HELD_UP, true, Reasons.API_REQUEST_FAILED, "It may not.");
    var status = plan.view().status().withConditions(refused.list());
    return Said.text(plan.status(status).by(new StillHeldUp()), ConditionTypes.HELD_UP);
  }

  @Test
  void isSaidAgainWhileALookIsUnderWay() {
    assertThat(heldUp(Said.plan().looking())).isEqualTo("True ApiRequestFailed: It may not.");
  }

  @Test
  void isNotSaidAgainOnceItIsKnownWhatIsDue() {
    assertThat(heldUp(Said.plan())).isEqualTo("not said");
  }
}
