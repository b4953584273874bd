package dev.backstep.effect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();

  private void enter(Lane lane, String plan, int tasks) {
    IntStream.range(0, tasks).forEach(i -> lane.of(plan).execute(() -> done.add(plan)));
  }

  private void work(int tasks) {
    IntStream.range(0, tasks).forEach(i -> threads.remove().run());
  }

  @Test
  void soManyAreUnderWayAndNoMore() {
    var lane = new Lane(threads::add, 2);

    enter(lane, "a", 5);

    assertThat(threads).hasSize(2);
    work(5);
    assertThat(done).hasSize(5);
    assertThat(threads).isEmpty();
  }

  /** A plan with many targets does not keep another plan's first effect waiting. */
  @Test
  void plansTakeTurns() {
    var lane = new Lane(threads::add, 1);

    enter(lane, "large", 4);
    enter(lane, "small", 1);
    work(5);

    assertThat(done).containsExactly("large", "large", "small", "large", "large");
  }

  @Test
  void whatThrowsGivesItsPlaceBack() {
    var lane = new Lane(threads::add, 1);
    lane.of("a")
        .execute(
            () -> {
              throw new IllegalStateException("no");
            });
    enter(lane, "b", 1);

    try {
      work(1);
    } catch (IllegalStateException e) {
      done.add(e.getMessage());
    }
    work(1);

    assertThat(done).containsExactly("no", "b");
  }
}
