package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Thousands of histories in which everything goes wrong that can, each decided by its seed. {@code
 * -Dbackstep.seeds=N} runs more of them, {@code -Dbackstep.seed=S} begins with another one; see
 * dev/simulate.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("backstep.seed", 0);
  private static final long SEEDS = Long.getLong("backstep.seeds", 5000);

  /** With so many seeds every kind of fault comes up. */
  private static final long ENOUGH = 500;

  /** With so many each ladder is walked to its end at least once. */
  private static final long ENOUGH_FOR_ALL = 5000;

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  @Test
  void noHistoryBreaksARule() throws InterruptedException {
    if (SEEDS == 1) {
      replay();
      return;
    }
    var effort = new Effort();
    var runner = new SeedsRunner(FIRST, SEEDS);

    var found = runner.run();

    System.out.printf(
        "%d seeds from %d, %d requests, %s%nfaults: %s%n",
        SEEDS, FIRST, runner.requests(), effort, runner.fired());
    assertThat(found).as("%s", String.join("\n", found)).isEmpty();
    if (SEEDS >= ENOUGH) {
      assertThat(runner.fired().keySet()).isEqualTo(EnumSet.allOf(Fault.class));
    }
    if (SEEDS >= ENOUGH_FOR_ALL) {
      var ladders = Histories.LADDERS.stream().map(ReferenceLadder::name).toList();
      assertThat(runner.walked()).containsExactlyInAnyOrderElementsOf(ladders);
    }
  }

  private static void replay() {
    var outcome = Histories.of(FIRST, new Mistake()).tracing(System.out::println).run();
    System.out.println("ended in " + outcome.phase() + ", fingerprint " + outcome.fingerprint());
    var violation = outcome.violation();
    if (violation != null && violation.cause() != null) {
      throw new AssertionError(violation.toString(), violation.cause());
    }
    assertThat(violation).isNull();
  }

  @Test
  void theSameSeedIsTheSameHistory() {
    for (var seed = FIRST; seed < FIRST + 22; seed++) {
      assertThat(told(seed)).isEqualTo(told(seed));
    }
  }

  /** What a history tells, but for the uid that is made anew for every run. */
  private static List<String> told(long seed) {
    var lines = new ArrayList<String>();
    Histories.of(seed, new Mistake())
        .tracing(line -> lines.add(line.length() < 200 ? line : line.substring(0, 200)))
        .run();
    return lines;
  }
}
