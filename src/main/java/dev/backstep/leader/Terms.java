package dev.backstep.leader;

import java.time.Duration;

/**
 * For how long the lease is good, and what follows from that.
 *
 * @param duration so long after it was renewed last somebody else may take it
 */
record Terms(Duration duration) {
  private static final Duration SHORTEST = Duration.ofSeconds(3);

  /** Each look of those that wait for it is one request. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  Terms {
    if (duration.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "backstep.leader.duration is %s: a lease of less than %s could not be renewed in time. Set it to some seconds, such as 15s."
              .formatted(duration, SHORTEST));
    }
  }

  /** How often whoever leads says so. */
  Duration renewal() {
    return duration.dividedBy(5);
  }

  /** How often the others look whether somebody still does. */
  Duration look() {
    return LOOK.compareTo(renewal()) < 0 ? LOOK : renewal();
  }

  /**
   * How long an answer is waited for: one that is lost is asked for again before there is doubt.
   */
  Duration request() {
    return duration.dividedBy(4);
  }

  /**
   * Whoever could not renew it for so long begins nothing new: the rest of the duration is for what
   * it has begun.
   */
  Duration doubt() {
    return duration.multipliedBy(2).dividedBy(3);
  }
}
