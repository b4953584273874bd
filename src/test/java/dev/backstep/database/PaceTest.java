package dev.backstep.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How many rows go into one transaction. */
class PaceTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private final Pace pace = new Pace();

  @Test
  void quickRowsAreMore() {
    for (var i = 0; i < 10; i++) {
      pace.took(Duration.ofMillis(1));
    }

    assertThat(pace.rows()).isEqualTo(Pace.LARGEST);
  }

  @Test
  void theyAreAtMostTwiceAsMany() {
    var before = pace.rows();

    pace.took(Duration.ZERO);

    assertThat(pace.rows()).isEqualTo(2 * before);
  }

  @Test
  void slowRowsAreFewer() {
    var before = pace.rows();

    pace.took(Duration.ofMillis(240));

    assertThat(pace.rows()).isEqualTo(before / 2);
  }

  @Test
  void nobodyWaitsForLongerThanHalfASecond() {
    assertThat(pace.limit(MINUTE)).isEqualTo(HALF_A_SECOND);
    assertThat(pace.tooLong()).isTrue();
    assertThat(pace.limit(MINUTE)).isEqualTo(HALF_A_SECOND);
  }

  @Test
  void aFewRowsMayTakeTheirTime() {
    while (pace.tooLong()) {
      assertThat(pace.rows()).isPositive();
    }

    assertThat(pace.limit(MINUTE)).isEqualTo(MINUTE);
    pace.took(MINUTE);
    assertThat(pace.rows()).isPositive();
  }
}
