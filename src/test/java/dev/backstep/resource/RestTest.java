package dev.backstep.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestTest {
  /** Else it would end before the time that is waited for, with nothing to do. */
  @Test
  void lastsWholeMilliseconds() {
    assertThat(new Rest<>("plan", Duration.ofNanos(3_000_500_000L)).pause())
        .isEqualTo(Duration.ofMillis(3001));
    assertThat(new Rest<>("plan", Duration.ofMillis(3000)).pause())
        .isEqualTo(Duration.ofMillis(3000));
  }
}
