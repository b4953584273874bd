package dev.backstep.gate.prometheus;

import dev.backstep.time.Spans;
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
    return Spans.longest(query, RANGE, range -> Spans.sum(range, PART, UNITS::get));
  }
}
