package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When an action's next effect may be sent, as far as that follows from those before. */
final class NotBefore {
  /** After this time what could not be sent is tried again, at first. */
  private static final Duration SEND_AGAIN = Duration.ofSeconds(3);

  /** Each pause is longer by this part of the time that it took so far. */
  private static final int SLOWER = 4;

  private NotBefore() {}

  /** When nothing that was sent for an action can reach its target any more; empty: now already. */
  static Optional<Instant> landed(ActionStatus action) {
    return action.landsUntil();
  }

  /**
   * When to try again what did not leave the process: each time later; empty: it did.
   *
   * @param tried oldest first
   * @param since when it was begun
   */
  static Optional<Instant> sentAgain(List<EffectStatus> tried, Instant since) {
    if (tried.isEmpty() || !tried.get(tried.size() - 1).nothingSent()) {
      return Optional.empty();
    }
    var last = tried.get(tried.size() - 1).endedAt();
    return Optional.of(last.plus(SEND_AGAIN).plus(Duration.between(since, last).dividedBy(SLOWER)));
  }
}
