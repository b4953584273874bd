package dev.backstep.measure;

import java.time.Duration;
import java.util.Optional;

/**
 * How eagerly somebody waits for measurements.
 *
 * @param longest nothing waits longer than this between two of them; empty: as it says itself
 * @param resting true: nobody waits; what says the same again and again is measured less often
 */
public record Pace(Optional<Duration> longest, boolean resting) {
  /** As each says itself. */
  public static final Pace OWN = new Pace(Optional.empty(), false);

  /** Nobody waits. */
  public static final Pace RESTING = new Pace(Optional.empty(), true);

  /** At least so often. */
  public static Pace atLeastEvery(Duration longest) {
    return new Pace(Optional.of(longest), false);
  }

  Duration of(Duration interval) {
    return longest.filter(limit -> limit.compareTo(interval) < 0).orElse(interval);
  }
}
