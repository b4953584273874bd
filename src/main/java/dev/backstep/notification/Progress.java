package dev.backstep.notification;

import dev.backstep.api.v1alpha1.status.Told;
import dev.backstep.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What this process knows of one notification of one object.
 *
 * @param told how far it came; empty: no further than the status says
 * @param underWay true while something is being sent
 * @param failure why the next one was not taken; empty: nothing failed
 */
record Progress(Optional<Told> told, boolean underWay, Optional<Failure> failure) {
  static final Progress NONE = new Progress(Optional.empty(), false, Optional.empty());

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /**
   * Something that was not taken.
   *
   * @param pause until it is sent again
   * @param again when that is
   */
  record Failure(Problem problem, Duration pause, Instant again) {}

  /** True when something may be sent. */
  boolean rests(Instant now) {
    return !underWay && failure.filter(it -> it.again().isAfter(now)).isEmpty();
  }

  Progress begun() {
    return new Progress(told, true, failure);
  }

  Progress came(Told far) {
    return new Progress(Optional.of(far), underWay, Optional.empty());
  }

  /** It is sent again later and later. */
  Progress failed(Problem why, Instant now) {
    var pause =
        failure
            .map(it -> it.pause().multipliedBy(2))
            .map(it -> it.compareTo(LONGEST_PAUSE) < 0 ? it : LONGEST_PAUSE)
            .orElse(FIRST_PAUSE);
    return new Progress(told, underWay, Optional.of(new Failure(why, pause, now.plus(pause))));
  }

  Progress ended() {
    return new Progress(told, false, failure);
  }
}
