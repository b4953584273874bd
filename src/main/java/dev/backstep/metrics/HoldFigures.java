package dev.backstep.metrics;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** How much is kept off, and since when. */
final class HoldFigures {
  private HoldFigures() {}

  /**
   * Says it.
   *
   * @param since of each hold, since when
   */
  static void say(Figures.Of figures, List<Instant> since) {
    figures.say(Figure.HOLDS, since.size());
    since.stream()
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .ifPresent(oldest -> figures.time(Figure.OLDEST_HOLD, oldest));
  }
}
