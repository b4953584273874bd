package dev.backstep.gate.sql;

import dev.backstep.time.Spans;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The intervals in a query, such as {@code interval '5 minutes'}. */
final class Intervals {
  private static final Pattern INTERVAL =
      Pattern.compile("\\binterval\\s+'([^']*)'", Pattern.CASE_INSENSITIVE);
  private static final Pattern PART =
      Pattern.compile(
          "([0-9]+)\\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|[smhdw])\\b");
  private static final Pattern CLOCK = Pattern.compile("([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?");

  /** By the first letter of the unit. */
  private static final Map<Character, Duration> UNITS =
      Map.of(
          's', Duration.ofSeconds(1),
          'm', Duration.ofMinutes(1),
          'h', Duration.ofHours(1),
          'd', Duration.ofDays(1),
          'w', Duration.ofDays(7));

  private Intervals() {}

  /** The longest one; zero: there is none that could be read. */
  static Duration longest(String query) {
    return Spans.longest(query, INTERVAL, text -> duration(text.toLowerCase(Locale.ROOT)));
  }

  private static Duration duration(String text) {
    var clock = CLOCK.matcher(text);
    var times =
        clock.find()
            ? Duration.ofHours(Long.parseLong(clock.group(1)))
                .plusMinutes(Long.parseLong(clock.group(2)))
                .plusSeconds(clock.group(3) == null ? 0 : Long.parseLong(clock.group(3)))
            : Duration.ZERO;
    return times.plus(Spans.sum(text, PART, unit -> UNITS.get(unit.charAt(0))));
  }
}
