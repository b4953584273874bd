package dev.backstep.time;

import java.time.Duration;

/** Durations as the API writes them: 30s, 15m, 2h. */
public final class Durations {
  private Durations() {}

  /** The schema guarantees the format; anything else is a programming error. */
  public static Duration of(String text) {
    var number = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(number);
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      default -> throw new IllegalArgumentException("not a duration: " + text);
    };
  }
}
