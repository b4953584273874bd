package dev.backstep.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.testing.StandingClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FreshTest {
  private final StandingClock clock = new StandingClock(Instant.EPOCH);
  private final Fresh<String, String> fresh = new Fresh<>(clock, Duration.ofMinutes(10), 100);

  @Test
  void remembersUntilTheTimeIsOver() {
    // given
    fresh.put("a", "A", 1);

    // when
    clock.pass(Duration.ofMinutes(10).minusMillis(1));
    var before = fresh.get("a");
    clock.pass(Duration.ofMillis(1));

    // then
    assertThat(before).contains("A");
    assertThat(fresh.get("a")).isEmpty();
  }

  @Test
  void forgetsWhatIsOldEnough() {
    // given
    fresh.put("old", "A", 1);
    clock.pass(Duration.ofMinutes(1));
    fresh.put("new", "B", 1);

    // when
    fresh.forget("old", Duration.ofMinutes(1));
    fresh.forget("new", Duration.ofMinutes(1));

    // then
    assertThat(fresh.get("old")).isEmpty();
    assertThat(fresh.get("new")).contains("B");
  }
}
