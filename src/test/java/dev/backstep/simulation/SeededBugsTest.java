package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation finds deliberate mistakes: what finds none finds nothing. */
class SeededBugsTest {
  /** Each mistake is found within so many seeds. */
  private static final int SEEDS = 2000;

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  static List<SeededBugs.SeededBug> mistakes() {
    return SeededBugs.ALL;
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isFound(SeededBugs.SeededBug bug) {
    for (var seed = 0; seed < SEEDS; seed++) {
      var violation = Histories.of(seed, bug).run().violation();
      if (violation != null) {
        System.out.printf("%s: found by seed %d, %s%n", bug, seed, violation);
        assertThat(violation.invariant()).as("seed %d: %s", seed, violation).matches(bug.by());
        return;
      }
    }
    assertThat(bug).as("found within %d seeds", SEEDS).isNull();
  }
}
