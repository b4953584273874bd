package dev.backstep.rollbackplan.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Hold;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept off is said as long as it is. */
class HoldingTest {
  @Test
  void whatIsOffIsNamed() {
    var hold =
        new Hold("INC-1", "claim", "off", "scale", "Deployment", "worker", "3", "0", Said.NOW);
    var status = RollbackPlanStatusBuilder.builder().holds(List.of(hold)).build();

    assertThat(Said.text(Said.plan().status(status).by(new Holding()), "HoldsActive"))
        .startsWith("True Holding:")
        .contains("Deployment worker");
  }

  @Test
  void nothingIsSaidWhenNothingIsOff() {
    assertThat(Said.plan().by(new Holding()).list()).isEmpty();
  }
}
