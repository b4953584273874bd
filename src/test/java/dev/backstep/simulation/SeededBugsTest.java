package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.simulation.SeededBugs.SeededBug;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation finds deliberate mistakes: what finds none finds nothing. */
class SeededBugsTest {
  /** Every rule of docs/simulation.md. */
  private static final List<String> RULES =
      List.of(
          "I1",
          "I2",
          "I4",
          "I5",
          "I6",
          "I7",
          "I8",
          "I9",
          "I11",
          "I13",
          "I14",
          "I15",
          "ANSWER",
          "PAUSE",
          "UNDO",
          "DRYRUN",
          "OWNED",
          "ONCE",
          "REFUSED",
          "JOURNAL",
          "NEIGHBOUR",
          "READERS",
          "JOB",
          "SQL",
          "FORGET",
          "HTTP",
          "OFF",
          "BEFORE",
          "HELD",
          "TOLD",
          "REACHABLE",
          "KEPT",
          "COPIED",
          "WRITERS",
          "AGREED",
          "X0");

  @BeforeAll
  static void quiet() {
    Quiet.now();
  }

  static Stream<SeededBug> mistakes() {
    return Stream.concat(SeededBugs.ALONE.stream(), SeededBugs.MORE.stream());
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isFoundByItsRule(SeededBug bug) {
    for (var seed = 1L; seed <= bug.seeds(); seed++) {
      var violation = bug.history(seed).run().violation();
      if (violation != null) {
        System.out.printf("%s: found on %s by seed %d, %s%n", bug, bug.ladder(), seed, violation);
        assertThat(violation.invariant()).as("seed %d: %s", seed, violation).matches(bug.rule());
        return;
      }
    }
    assertThat(bug).as("found on %s within %d seeds", bug.ladder(), bug.seeds()).isNull();
  }

  static List<SeededBug> alone() {
    return SeededBugs.ALONE;
  }

  @ParameterizedTest
  @MethodSource("alone")
  void isFoundByNoOtherRule(SeededBug bug) {
    var found =
        LongStream.rangeClosed(1, bug.seeds())
            .mapToObj(seed -> bug.history(seed).without(bug.rule()).run().violation())
            .filter(violation -> violation != null)
            .toList();

    assertThat(found).isEmpty();
  }

  @Test
  void everyRuleFindsAMistakeThatNoOtherRuleFinds() {
    assertThat(SeededBugs.ALONE)
        .extracting(SeededBug::rule)
        .containsExactlyInAnyOrderElementsOf(RULES);
  }
}
