package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A watch that lags must not make the operator take its own changes for somebody else's. */
class LaggingWatchTest {
  private static final int LAG_MILLIS = 8000;

  /** The watch of workloads stands still from the first effect on. */
  private static final class Lag extends Trouble {
    private boolean lagged;

    @Override
    Fault strike(SimulatedProcess process, Request request) {
      if (request.isEffect() && !lagged) {
        lagged = true;
        process.freeze("deployments", LAG_MILLIS);
      }
      return null;
    }
  }

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "hold", "restart", "twenty"})
  void endsAsIfTheWatchWereFast(String name) {
    var ladder =
        ReferenceLadders.ALL.stream().filter(it -> it.name().equals(name)).findFirst().get();
    var fast = new Simulation(ladder, 1, new Trouble(), new Mistake()).run();

    var slow = new Simulation(ladder, 1, new Lag(), new Mistake()).run();

    assertThat(slow.violation()).isNull();
    assertThat(slow.essence()).isEqualTo(fast.essence());
    assertThat(slow.requests()).isLessThan(fast.requests() + 20);
  }
}
