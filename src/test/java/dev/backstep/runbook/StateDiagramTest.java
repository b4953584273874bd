package dev.backstep.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The state diagram of docs/architecture.md has exactly the edges that the code has. */
class StateDiagramTest {
  private static final Path PAGE = Path.of("docs/architecture.md");
  private static final Pattern DIAGRAM =
      Pattern.compile("```mermaid\\s+stateDiagram-v2\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern EDGE =
      Pattern.compile("^ *(\\w+|\\[\\*]) --> (\\w+|\\[\\*])", Pattern.MULTILINE);
  private static final String OUTSIDE = "[*]";
  private static final int SEEDS = 4_000;
  private static final int STEPS = 200;

  /** Runs begin outside of the engine: as wished, or found again without their status. */
  private static final Set<String> BEGINNINGS = Set.of("[*] --> Pending", "[*] --> AwaitingAnswer");

  /** A run that cannot make its claim never reaches the engine. */
  private static final Set<String> MADE_WITHOUT_THE_ENGINE = Set.of("Pending --> Failed");

  @Test
  void theDiagramHasTheEdgesOfTheEngine() throws IOException {
    // given
    var expected = new ConcurrentSkipListSet<>(MADE_WITHOUT_THE_ENGINE);
    ends().forEach(phase -> expected.add(edge(deleted(phase))));
    expected.add(edge(UndoApprovalTest.deleted()));

    // when
    IntStream.range(0, SEEDS).parallel().forEach(seed -> walk(seed, expected));

    // then
    assertThat(drawn(edge -> !edge.contains(OUTSIDE))).isEqualTo(expected);
  }

  @Test
  void theDiagramBeginsAndEndsWhereRunsDo() throws IOException {
    // given
    var ends = ends().map(phase -> phase + " --> " + OUTSIDE).collect(Collectors.toSet());

    // when
    var beginnings = drawn(edge -> edge.startsWith(OUTSIDE));
    var endings = drawn(edge -> edge.endsWith(OUTSIDE));

    // then
    assertThat(beginnings).isEqualTo(BEGINNINGS);
    assertThat(endings).isEqualTo(ends);
  }

  private static Stream<Phase> ends() {
    return Arrays.stream(Phase.values()).filter(phase -> !phase.isOpen() && phase != Phase.Idle);
  }

  /** Walks rarely get there: the plan is deleted after the end, while something is held. */
  private static RunSnapshot deleted(Phase phase) {
    return RunSnapshots.run().in(phase).holding(hold()).deleting().build();
  }

  private static void walk(int seed, Set<String> edges) {
    var world = new RandomWorld(seed);
    if (seed % 2 == 0) {
      // The world may also be bad, and humans may change their minds, before the first decision.
      world.move(new Wait(null));
    }
    for (var step = 0; step < STEPS; step++) {
      var before = world.snapshot();
      var edge = edge(before);
      if (edge != null) {
        edges.add(edge);
      }
      world.move(Engine.decide(before));
    }
  }

  /** The edge that the engine takes now; null: the run stays as it is. */
  private static String edge(RunSnapshot before) {
    var from = before.run();
    var to = Decisions.after(before, Engine.decide(before)).run();
    // Going on after a pause is not entering the phase again, although its time begins anew.
    var resumed = from.pausedSince() != null && to.pausedSince() == null;
    var again = !from.phaseSince().equals(to.phaseSince()) && !resumed;
    return from.phase() != to.phase() || again ? from.phase() + " --> " + to.phase() : null;
  }

  private static Hold hold() {
    return Plans.hold("INC-41", "jobs", RunSnapshots.START);
  }

  private static Set<String> drawn(Predicate<String> wanted) throws IOException {
    var diagram = DIAGRAM.matcher(Files.readString(PAGE));
    assertThat(diagram.find()).as("a state diagram in " + PAGE).isTrue();
    return EDGE.matcher(diagram.group(1))
        .results()
        .map(edge -> edge.group(1) + " --> " + edge.group(2))
        .filter(wanted)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
