package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Undisturbed, every ladder is walked to its end. */
class ReferenceLaddersTest {
  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  static List<ReferenceLadder> ladders() {
    return ReferenceLadders.ALL;
  }

  @ParameterizedTest
  @MethodSource("ladders")
  void isWalkedToItsEnd(ReferenceLadder ladder) {
    var outcome = new Simulation(ladder, 1, new Trouble(), new Mistake()).run();

    assertThat(outcome.violation()).isNull();
    assertThat(outcome.leftUndone()).as("never done, in phase %s", outcome.phase()).isEmpty();
  }
}
