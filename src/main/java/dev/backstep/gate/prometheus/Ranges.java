package dev.backstep.gate.prometheus;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** The ranges in a PromQL expression, such as {@code [5m]}. */
final class Ranges {
  private static final Pattern RANGE = Pattern.compile("\\[\\s*((?:[0-9]+(?:ms|[smhdwy]))+)");
  private static final Pattern PART = Pattern.compile("([0-9]+)(ms|[smhdwy])");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1),
          "w", Duration.ofDays(7),
          "y", Duration.ofDays(365));

  private Ranges() {}

  /** The longest one; zero: there is none. */
  static Duration longest(String query) {
    return RANGE
        .matcher(query)
        .results()
        .map(range -> duration(range.group(1)))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Duration duration(String text) {
    return PART.matcher(text)
        .results()
        .map(part -> UNITS.get(part.group(2)).multipliedBy(number(part.group(1))))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** No longer one than can be counted in years. */
  private static long number(String digits) {
    return digits.length() > 6 ? 999_999 : Long.parseLong(digits);
  }
}
