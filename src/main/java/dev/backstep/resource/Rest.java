package dev.backstep.resource;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Where an object stands when there is nothing to do for now.
 *
 * @param object as last written
 * @param pause when to look again at the latest
 * @param namespaceGoes true when the object's namespace is being deleted
 * @param <R> the kind
 */
public record Rest<R>(R object, Duration pause, boolean namespaceGoes) {
  private static final Duration SOON = Duration.ofMillis(1);

  /**
   * Timers and clocks have whole milliseconds: whoever looks a part of one too early looks again.
   */
  public Rest {
    pause = pause.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
  }

  public Rest(R object, Duration pause) {
    this(object, pause, false);
  }

  /** There is more to do; others may have their turn first. */
  public static <R> Rest<R> soon(R object) {
    return new Rest<>(object, SOON);
  }
}
