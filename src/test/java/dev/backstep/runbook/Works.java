package dev.backstep.runbook;

import dev.backstep.effect.Work;
import java.util.stream.Stream;

/** Work as executors may report it. */
final class Works {
  /** What is found where an action that has ended has nothing going on. */
  static final Work NOTHING_GOES_ON = new Work.Observed("nothing goes on.");

  private Works() {}

  /** Everything that keeps something from being given or put back. */
  static Stream<Work> obstacles() {
    return Stream.of(
        new Work.Impossible("No", "In the way."),
        new Work.Owned("In the way."),
        new Work.Held("In the way."),
        new Work.Stuck("In the way."));
  }
}
