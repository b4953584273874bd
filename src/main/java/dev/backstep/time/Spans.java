package dev.backstep.time;

import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Lengths of time in queries: numbers with units, as other languages write them. */
public final class Spans {
  /** A longer number of any unit is longer than all that it is compared with. */
  private static final int MOST_DIGITS = 6;

  private static final long MOST = 999_999;

  private Spans() {}

  /**
   * The longest span in a query; zero: there is none.
   *
   * @param span finds spans; its first group is the text of one
   * @param length of such a text
   */
  public static Duration longest(String query, Pattern span, Function<String, Duration> length) {
    return span.matcher(query)
        .results()
        .map(found -> length.apply(found.group(1)))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /**
   * All parts of a span together.
   *
   * @param part finds parts; its first group is a number, its second one a unit
   * @param unit how long one of that unit is
   */
  public static Duration sum(String span, Pattern part, Function<String, Duration> unit) {
    return part.matcher(span)
        .results()
        .map(found -> unit.apply(found.group(2)).multipliedBy(number(found.group(1))))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static long number(String digits) {
    return digits.length() > MOST_DIGITS ? MOST : Long.parseLong(digits);
  }
}
