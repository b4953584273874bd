package dev.backstep.synccontrol.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How fast a number grows, over about a minute. */
class TrendTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /** Measured every so many seconds, with these values. */
  private static Trend trend(int interval, long... values) {
    var trend = Trend.of("dead letters");
    for (var i = 0; i < values.length; i++) {
      trend = trend.and(NOON.plusSeconds((long) i * interval), values[i]);
    }
    return trend;
  }

  @Test
  void oneMeasurementSaysNothingAndTwoSay() {
    assertThat(trend(30, 50).perMinute()).isEmpty();
    assertThat(trend(30, 50, 100).perMinute()).contains(100L);
    assertThat(trend(30, 100, 50).perMinute()).contains(-100L);
  }

  @Test
  void itIsAboutTheLastMinuteAndNotAboutBefore() {
    assertThat(trend(30, 0, 1000, 2000, 2000, 2000).perMinute()).contains(0L);
    assertThat(trend(10, 0, 0, 0, 0, 0, 0, 0, 60).perMinute()).contains(60L);
  }

  @Test
  void measurementsThatAreFarBetweenAreComparedWithTheOneBefore() {
    assertThat(trend(600, 0, 100, 1100).perMinute()).contains(100L);
  }

  @Test
  void aFewSecondsSayNothingOfAMinute() {
    assertThat(trend(1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9).perMinute()).isEmpty();
    assertThat(trend(1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).perMinute()).contains(60L);
  }

  @Test
  void noMoreIsKeptThanIsNeeded() {
    assertThat(trend(30, 1, 2, 3, 4, 5, 6, 7).points()).hasSize(3);
    assertThat(trend(30, 1, 2).and(NOON, 9).points()).as("it is there already").hasSize(2);
  }
}
