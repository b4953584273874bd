package dev.backstep.rollbackplan;

import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last writes of a run, and those of its undo. */
@Order(1)
class KilledLateE2E extends KilledAnywhere {
  @RegisterExtension static final TestOperator operator = TestOperator.running(10);

  KilledLateE2E() {
    super(operator);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16, 18, 20, 22, 24})
  void survives(int write) throws Exception {
    everyEffectHappensOnceAndEverythingComesBack(write);
  }
}
