package dev.backstep.effect;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Waits until the caches show what effects left behind: what is decided from older ones would be
 * refused again and again, and look like somebody else's changes.
 */
final class CacheWait {
  /** How long caches may be behind before it is gone on anyway. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration PACE = Duration.ofMillis(20);

  private final Effectors effectors;
  private final ScheduledExecutorService timer;

  CacheWait(Effectors effectors, ScheduledExecutorService timer) {
    this.effectors = effectors;
    this.timer = timer;
  }

  /** Goes on once the caches show how all of these ended. */
  void await(List<? extends Effect> effects, IntFunction<Outcome> ended, Runnable then) {
    await(effects, ended, then, LIMIT);
  }

  private void await(
      List<? extends Effect> effects,
      IntFunction<Outcome> ended,
      Runnable then,
      Duration remaining) {
    if (remaining.isNegative() || shown(effects, ended)) {
      then.run();
    } else {
      timer.schedule(
          () -> await(effects, ended, then, remaining.minus(PACE)),
          PACE.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private boolean shown(List<? extends Effect> effects, IntFunction<Outcome> ended) {
    return IntStream.range(0, effects.size())
        .allMatch(part -> shown(effects.get(part), ended.apply(part)));
  }

  private <E extends Effect> boolean shown(E effect, Outcome outcome) {
    return effectors.of(effect).seen(effect, outcome);
  }
}
