package dev.backstep.restore;

import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.Optional;

/** Which backups are good enough. */
final class Sources {
  private Sources() {}

  /** What was made after the trouble began has the trouble in it. */
  static Instant before(Seen now) {
    var said = now.restore().source().latest().before();
    return said == null ? now.scope().facts().troubleSince() : said;
  }

  /** From when on it has to be; empty: it may be as old as it is. */
  static Optional<Instant> notOlderThan(Seen now) {
    var since = Optional.ofNullable(now.scope().facts().troubleSince()).orElse(now.scope().now());
    return Optional.ofNullable(now.restore().source().maxDataLoss())
        .map(loss -> since.minus(Durations.of(loss)));
  }
}
