package dev.backstep.gate.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangesTest {
  @ParameterizedTest
  @CsvSource({
    "up, PT0S",
    "rate(errors_total[5m]), PT5M",
    "rate(a[30s]) / rate(b[ 1h30m ]), PT1H30M",
    "max_over_time(rate(a[1m])[10m:1m]), PT10M",
    "increase(a[1d]), PT24H",
    "rate(a[500ms]), PT0.5S",
    "increase(a[9999999999d]), PT23999976H",
    "'up{job=\"a[x]\"}', PT0S",
  })
  void theLongestRangeCounts(String query, String range) {
    assertThat(Ranges.longest(query)).hasToString(range);
  }
}
