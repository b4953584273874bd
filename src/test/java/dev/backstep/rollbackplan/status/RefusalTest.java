package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A wish that is not carried out is not passed over in silence. */
class RefusalTest {
  private static final String WISH =
      "run: {id: INC-1, reason: errors, requestedBy: alice, levels: [code], state: %s}";

  private static String refused(String state, String... refused) {
    var status = RollbackPlanStatusBuilder.builder().refused(List.of(refused)).build();
    var plan = Said.plan().with(WISH.formatted(state)).status(status);
    return Said.text(plan.by(new Refusal()), "RunRefused");
  }

  @Test
  void anIdThatWasUsedBefore() {
    assertThat(refused("Running", "INC-1"))
        .startsWith("True RunRefused: Run INC-1 is not carried out:")
        .contains("a run of this id was begun before")
        .endsWith("Use a new id.");
  }

  @Test
  void aNewRunThatIsToBeStopped() {
    assertThat(refused("Undone", "INC-1")).contains("a new run must have state Running");
  }

  @Test
  void onlyTheWishThatIsThereNow() {
    assertThat(refused("Running", "INC-0")).isEqualTo("not said");
    assertThat(Said.plan().by(new Refusal()).list()).isEmpty();
  }
}
