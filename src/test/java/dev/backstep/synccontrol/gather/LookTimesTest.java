package dev.backstep.synccontrol.gather;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When the means of a SyncControl are looked at again. */
class LookTimesTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration READ_BACK = Duration.ofHours(1);

  private final LookTimes times = new LookTimes();

  private static Instant after(long millis) {
    return START.plusMillis(millis);
  }

  private void looked(String means) {
    times.looked("uid", means, "off", times.newsOf("uid", means), START, READ_BACK);
  }

  private boolean isDue(long millis) {
    return times.isDue("uid", "workers", "off", after(millis));
  }

  @Test
  void whatWasNeverLookedAtIsDue() {
    assertThat(isDue(0)).isTrue();
    assertThat(times.next("uid", START)).isEmpty();
  }

  @Test
  void itIsDueWhenItIsTimeOrItsStateIsAnotherOne() {
    // when
    looked("workers");

    // then
    assertThat(isDue(3_599_999)).isFalse();
    assertThat(isDue(3_600_000)).isTrue();
    assertThat(times.isDue("uid", "workers", "on again", START)).isTrue();
    assertThat(times.next("uid", START)).contains(after(3_600_000));
  }

  @Test
  void newsMakesItDueButNotForEachChangeOfARollOut() {
    // given
    looked("workers");

    // when
    times.news("uid", "workers");

    // then
    assertThat(isDue(499)).isFalse();
    assertThat(isDue(500)).isTrue();
    assertThat(times.next("uid", START)).contains(after(500));

    // when
    looked("workers");

    // then
    assertThat(isDue(500)).as("it is known now").isFalse();
  }

  /** What changed while it was looked at may not have been seen. */
  @Test
  void newsThatCameWhileItWasLookedAtCounts() {
    // given
    var before = times.newsOf("uid", "workers");
    times.news("uid", "workers");

    // when
    times.looked("uid", "workers", "off", before, START, READ_BACK);

    // then
    assertThat(isDue(500)).isTrue();
  }

  @Test
  void newsDoesNotPutOffWhatIsDueAnyway() {
    // given
    times.looked("uid", "workers", "off", 0, START, Duration.ofMillis(100));

    // when
    times.news("uid", "workers");

    // then
    assertThat(isDue(100)).isTrue();
    assertThat(times.next("uid", START)).contains(after(100));
  }

  @Test
  void oneThatRestsIsLeftAloneWhateverNewsThereIs() {
    // given
    times.rests("uid", "workers", "off", after(5000));

    // when
    times.news("uid", "workers");

    // then
    assertThat(isDue(4999)).isFalse();
    assertThat(isDue(5000)).isTrue();
  }

  @Test
  void eachMeansHasItsOwnTimeAndItsOwnNews() {
    // given
    looked("workers");
    looked("flag");

    // when
    times.news("uid", "flag");

    // then
    assertThat(isDue(1000)).isFalse();
    assertThat(times.isDue("uid", "flag", "off", after(1000))).isTrue();
    assertThat(times.next("uid", START)).contains(after(500));
  }

  /** It is being looked at, which may take its time. */
  @Test
  void oneThatIsDueAlreadyHidesNoOther() {
    // given
    times.looked("uid", "workers", "off", 0, START, Duration.ofMillis(100));
    times.looked("uid", "flag", "off", 0, START, Duration.ofSeconds(5));

    // then
    assertThat(times.next("uid", after(99))).contains(after(100));
    assertThat(times.next("uid", after(100))).contains(after(5000));
    assertThat(times.next("uid", after(5000))).isEmpty();
  }

  @Test
  void whatIsForgottenIsLookedAtOnceMore() {
    // given
    looked("workers");

    // when
    times.forget("uid");

    // then
    assertThat(isDue(0)).isTrue();
    assertThat(times.next("uid", START)).isEmpty();
  }
}
