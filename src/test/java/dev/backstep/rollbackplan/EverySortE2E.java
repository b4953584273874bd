package dev.backstep.rollbackplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.AdmissionHook;
import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Effects of every sort in one run: done once, and put back, whenever the operator is killed. */
@Order(1)
class EverySortE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running(8);

  @Test
  void isDoneAndUndone() throws Exception {
    try (var sorts = EverySort.open(operator, "every-sort")) {
      sorts.run("INC-1");
      sorts.reaches("INC-1", Phase.Mitigated);
      sorts.isDone();
      assertThat(sorts.shop().plan().getStatus().holds())
          .extracting(hold -> hold.target())
          .containsExactlyInAnyOrder("ConfigMap settings", "Service hooks");

      sorts.shop().state("Undone");
      sorts.reaches("INC-1", Phase.Undone);
      sorts.isAsBefore();
      assertThat(sorts.shop().plan().getStatus().holds()).isEmpty();
    }
  }

  /** What is held comes back; what was repaired stays. */
  @Test
  void isReleased() throws Exception {
    try (var sorts = EverySort.open(operator, "every-hold")) {
      sorts.run("INC-1");
      sorts.reaches("INC-1", Phase.Mitigated);

      sorts.shop().state("Released");
      sorts.reaches("INC-1", Phase.Released);
      assertThat(sorts.calls()).containsExactly("pause", "migrate", "resume");
      assertThat(sorts.caps()).containsExactly("mails=0", "none=0", "posts=0");
    }
  }

  /** The n-th write, of the run and of its undo. */
  @ParameterizedTest
  @ValueSource(ints = {6, 10, 15, 20, 26, 32})
  void survives(int write) throws Exception {
    assumeTrue(AdmissionHook.isReachable(), AdmissionHook.SKIPPED);
    operator.ensureAlive();
    try (var sorts = EverySort.open(operator, "every-sort-" + write);
        var hook = AdmissionHook.killAfter(sorts.shop().namespace(), "runner", write, operator)) {
      sorts.run("INC-1");
      sorts.reaches("INC-1", Phase.Mitigated);
      sorts.isDone();
      sorts.shop().state("Undone");
      sorts.reaches("INC-1", Phase.Undone);
      assertThat(hook.requests()).as("the fault fired").isGreaterThanOrEqualTo(write);
      sorts.isAsBefore();
    }
  }
}
