package dev.backstep.rollbackplan;

import dev.backstep.testing.TestOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first ten writes of a run. */
@Order(1)
class KilledEarlyE2E extends KilledAnywhere {
  @RegisterExtension static final TestOperator operator = TestOperator.running(10);

  KilledEarlyE2E() {
    super(operator);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void survives(int write) throws Exception {
    everyEffectHappensOnceAndEverythingComesBack(write);
  }
}
