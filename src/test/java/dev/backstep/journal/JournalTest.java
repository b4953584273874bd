package dev.backstep.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.Transition;
import dev.backstep.journal.Journal.State;
import dev.backstep.testing.TaskTaker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue of the journal, with a table that fails as the test wants. */
class JournalTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final MemoryTable table = new MemoryTable();
  private final Journal journal =
      table.journal(Clock.fixed(NOON, ZoneOffset.UTC), new TaskTaker(tasks::add));

  private static List<Transition> steps(long seq) {
    return List.of(
        new Transition("INC-1", "bs-run-1", seq, NOON, Phase.Acting, null, null, "Why", "What."));
  }

  private void write(String uid, long seq) {
    journal.write(new ObjectId("RollbackPlan", "shop", uid, uid), steps(seq), () -> told.add(uid));
  }

  private void work() {
    while (!tasks.isEmpty()) {
      tasks.poll().run();
    }
  }

  @Test
  void whatIsWrittenIsKnownAndSaidOnce() {
    // when
    write("a", 1);
    assertThat(journal.state("a", steps(1))).isEqualTo(State.WRITING);
    work();

    // then
    assertThat(table.rows()).containsExactly("a 1");
    assertThat(journal.state("a", steps(1))).isEqualTo(State.WRITTEN);
    assertThat(told).containsExactly("a");
    write("a", 2);
    work();
    assertThat(told).containsExactly("a");
  }

  @Test
  void aPlanWaitsAtMostOnceAndWithWhatIsNewest() {
    // when
    for (var seq = 1; seq <= 100; seq++) {
      write("a", seq);
    }
    assertThat(tasks).hasSize(1);
    work();

    // then
    assertThat(table.rows()).containsExactly("a 100");
  }

  /** Each try costs seconds; a thousand plans would have their turn after an hour. */
  @Test
  void aDatabaseThatIsAwayIsTriedOnceInARoundAndAwayForAll() {
    // given
    table.away(true);

    // when
    for (var plan : List.of("a", "b", "c")) {
      write(plan, 1);
    }
    work();

    // then
    assertThat(table.tried()).containsExactly("a");
    assertThat(told).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(List.of("a", "b", "c"))
        .allSatisfy(uid -> assertThat(journal.failingSince(uid)).isEqualTo(NOON))
        .allSatisfy(uid -> assertThat(journal.state(uid, steps(1))).isEqualTo(State.FAILING));
  }

  @Test
  void duringAnOutageNothingPilesUpAndNobodyIsWokenAgain() {
    // given
    table.away(true);
    write("a", 1);
    work();
    told.clear();

    // when
    for (var pass = 0; pass < 100; pass++) {
      write("a", 1);
      write("b", 1);
      assertThat(tasks).hasSizeLessThanOrEqualTo(1);
    }
    work();

    // then
    assertThat(told).isEmpty();
  }

  @Test
  void whenItIsBackEverythingIsWrittenAndEverybodyTold() {
    // given
    table.away(true);
    write("a", 1);
    write("b", 1);
    work();
    told.clear();

    // when
    table.away(false);
    write("a", 2);
    work();

    // then
    assertThat(table.rows()).containsExactlyInAnyOrder("a 2", "b 1");
    assertThat(told).containsExactlyInAnyOrder("a", "b");
    assertThat(journal.failingSince("b")).isNull();
  }

  @Test
  void aPlanWhoseRowsAreRefusedIsSaidToFailAndStopsNobodyElse() {
    // given
    table.refuse("a");

    // when
    write("a", 1);
    write("b", 1);
    work();

    // then
    assertThat(journal.state("a", steps(1))).isEqualTo(State.FAILING);
    assertThat(journal.state("b", steps(1))).isEqualTo(State.WRITTEN);
    assertThat(journal.failingSince("b")).isNull();
  }

  /** Woken, it would ask at once to be written again. */
  @Test
  void aPlanWhoseRowsAreRefusedIsWokenOnce() {
    // given
    table.refuse("a");
    write("a", 1);
    work();

    // when
    write("a", 1);
    work();

    // then
    assertThat(told).containsExactly("a");
    table.refuse("");
    write("a", 1);
    work();
    assertThat(journal.state("a", steps(1))).isEqualTo(State.WRITTEN);
    assertThat(told).containsExactly("a", "a");
  }

  @Test
  void aPlanThatIsGoneIsForgotten() {
    // given
    write("a", 1);

    // when
    journal.forget("a");
    work();

    // then
    assertThat(table.rows()).isEmpty();
    assertThat(journal.has("a", steps(1))).isFalse();
  }

  @Test
  void withoutAnythingToWriteThereIsNothingToSay() {
    assertThat(journal.state("a", List.of())).isEqualTo(State.NONE);
    assertThat(journal.has("a", List.of())).isTrue();
  }
}
