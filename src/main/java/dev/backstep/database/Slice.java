package dev.backstep.database;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * For how long an effect of many transactions is carried out without looking up: a run that is to
 * stop waits for no longer.
 */
final class Slice {
  private static final Duration LENGTH = Duration.ofSeconds(30);

  private final Clock clock;
  private final Instant end;

  Slice(Clock clock) {
    this.clock = clock;
    end = clock.instant().plus(LENGTH);
  }

  boolean isOver() {
    return !clock.instant().isBefore(end);
  }
}
