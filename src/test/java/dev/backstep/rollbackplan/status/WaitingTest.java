package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private static String waiting(Said plan, Optional<String> why) {
    return Said.text(plan.by(new Waiting(view -> why)), "RunWaiting");
  }

  @Test
  void aWishThatWaitsIsSaidWithItsReason() {
    var why = Optional.of("Run INC-1 waits.");

    assertThat(waiting(Said.plan().with("suspend: true"), why))
        .isEqualTo("True Suspended: Run INC-1 waits.");
    assertThat(waiting(Said.plan().invalid("spec.gates: x"), why))
        .isEqualTo("True InvalidPlan: Run INC-1 waits.");
  }

  @Test
  void nothingIsSaidOfNothing() {
    assertThat(waiting(Said.plan(), Optional.empty())).isEqualTo("not said");
  }
}
