package dev.backstep.bench;

import java.util.List;
import java.util.Locale;

/** Numbers for people. */
final class Figures {
  private Figures() {}

  static double percentile(List<Double> values, double share) {
    var sorted = values.stream().sorted().toList();
    var index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  static double median(List<Double> values) {
    return percentile(values, 0.5);
  }

  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
