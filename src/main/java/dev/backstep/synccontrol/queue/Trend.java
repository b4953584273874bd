package dev.backstep.synccontrol.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last measurements of a number, as far as they say how fast it grows.
 *
 * @param key of what was measured: numbers that were measured otherwise are not compared
 * @param points oldest first
 */
record Trend(Object key, List<Point> points) {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** What happens in a shorter time says little of a minute. */
  private static final Duration SHORTEST = Duration.ofSeconds(10);

  /** One measurement. */
  record Point(Instant at, long value) {}

  /** Nothing was measured yet. */
  static Trend of(Object key) {
    return new Trend(key, List.of());
  }

  /** With one more; one that is there already changes nothing. */
  Trend and(Instant at, long value) {
    if (!points.isEmpty() && !at.isAfter(newest().at())) {
      return this;
    }
    var all = Stream.concat(points.stream(), Stream.of(new Point(at, value))).toList();
    var needed = 0;
    while (needed + 2 < all.size() && !all.get(needed + 1).at().isAfter(at.minus(MINUTE))) {
      needed++;
    }
    return new Trend(key, List.copyOf(all.subList(needed, all.size())));
  }

  /** By how much it grew in a minute, over the last one; empty: there is too little to say. */
  Optional<Long> perMinute() {
    if (points.size() < 2) {
      return Optional.empty();
    }
    var grown = newest().value() - points.get(0).value();
    var time = Duration.between(points.get(0).at(), newest().at());
    return time.compareTo(SHORTEST) < 0
        ? Optional.empty()
        : Optional.of(Math.round((double) grown * MINUTE.toMillis() / time.toMillis()));
  }

  private Point newest() {
    return points.get(points.size() - 1);
  }
}
