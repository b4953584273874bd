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

  /** In words, with its two largest units: 3 h 12 min. */
  public static String said(Duration time) {
    if (time.compareTo(Duration.ofMinutes(1)) < 0) {
      return "%d s".formatted(time.toSeconds());
    }
    if (time.compareTo(Duration.ofHours(1)) < 0) {
      return "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
    }
    return time.compareTo(Duration.ofDays(2)) < 0
        ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
        : "%d days %d h".formatted(time.toDays(), time.toHoursPart());
  }
}
