package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.status.EffectResult.How;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus;
import dev.backstep.api.v1alpha1.sync.MeansStatus.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How long a means is left alone whose effects failed: for as long as it fails already, but not for
 * longer than whoever mended it wants to wait. All of it is in the status, so a process that comes
 * later does not begin with haste either.
 */
final class Setbacks {
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Setbacks() {}

  /** Until when; empty: nothing of what was sent last failed. */
  static Optional<Instant> restsUntil(MeansStatus means) {
    return last(means.done().sent())
        .filter(effect -> effect.count(How.Failed) + effect.count(How.NotSent) > 0)
        .map(effect -> effect.endedAt().plus(pause(means, effect.endedAt())));
  }

  private static Optional<EffectStatus> last(List<EffectStatus> sent) {
    return sent.isEmpty() ? Optional.empty() : Optional.of(sent.get(sent.size() - 1));
  }

  private static Duration pause(MeansStatus means, Instant failedAt) {
    var failing =
        means.standing() == Standing.Failed
            ? Duration.between(means.since(), failedAt)
            : Duration.ZERO;
    return failing.compareTo(SHORTEST) < 0
        ? SHORTEST
        : failing.compareTo(LONGEST) > 0 ? LONGEST : failing;
  }
}
