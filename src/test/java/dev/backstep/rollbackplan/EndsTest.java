package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often runs came to each end. */
class EndsTest {
  private static RunStatus run(String uid, Phase phase) {
    return RunStatusBuilder.builder().id("INC-1").uid(uid).phase(phase).build();
  }

  private static RollbackPlanStatus before(RunStatus run) {
    return RollbackPlanStatusBuilder.builder().run(run).ends(Map.of("Mitigated", 2)).build();
  }

  @Test
  void anOpenRunHasNoEnd() {
    assertThat(Ends.counted(before(run("a", Phase.Acting)), run("a", Phase.Verifying)))
        .isEqualTo(Map.of("Mitigated", 2));
  }

  @Test
  void aRunCountsOnceForEachEndThatItComesTo() {
    assertThat(Ends.counted(before(run("a", Phase.Soaking)), run("a", Phase.Mitigated)))
        .isEqualTo(Map.of("Mitigated", 3));
    assertThat(Ends.counted(before(run("a", Phase.Mitigated)), run("a", Phase.Mitigated)))
        .as("a further step in the same phase")
        .isEqualTo(Map.of("Mitigated", 2));
    assertThat(Ends.counted(before(run("a", Phase.Releasing)), run("a", Phase.Released)))
        .isEqualTo(Map.of("Mitigated", 2, "Released", 1));
  }

  /** A run may fail as it begins, and the one before may have too. */
  @Test
  void anotherRunWithTheSameEndCountsAsWell() {
    assertThat(Ends.counted(before(run("a", Phase.Failed)), run("b", Phase.Failed)))
        .isEqualTo(Map.of("Mitigated", 2, "Failed", 1));
    assertThat(Ends.counted(RollbackPlanStatusBuilder.builder().build(), run("a", Phase.Failed)))
        .isEqualTo(Map.of("Failed", 1));
  }
}
