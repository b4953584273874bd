package dev.backstep.gate.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "SELECT 1, PT0S",
        "SELECT now() - interval '5 minutes', PT5M",
        "SELECT now() - INTERVAL '1 Hour 30 min', PT1H30M",
        "SELECT interval '10s' + interval '2 days', PT48H",
        "SELECT interval '00:05:00', PT5M",
        "SELECT interval '1 week', PT168H",
        "SELECT interval '2 fortnights', PT0S",
      })
  void theLongestIntervalCounts(String query, String interval) {
    assertThat(Intervals.longest(query)).hasToString(interval);
  }
}
