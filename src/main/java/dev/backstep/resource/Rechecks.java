package dev.backstep.resource;

import java.time.Duration;

/**
 * How long what was found wrong is not looked at again: not long at first, since whoever was told
 * may be mending it, and then longer each time, so that many that nobody mends ask little.
 */
public final class Rechecks {
  private static final Duration FIRST = Duration.ofSeconds(30);

  private Rechecks() {}

  /** The first pause, where the longest is not shorter. */
  public static Duration first(Duration longest) {
    return shorter(FIRST, longest);
  }

  /** The pause after one that was in vain. */
  public static Duration after(Duration pause, Duration longest) {
    return shorter(pause.multipliedBy(2), longest);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
