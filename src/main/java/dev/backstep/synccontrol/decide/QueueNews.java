package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What of a queue is written into the status. Its values move all the time, and each write is one
 * of the API server's: so they are written when they mean something else, and else now and then.
 */
public final class QueueNews {
  private static final Duration PACE = Duration.ofSeconds(30);

  private QueueNews() {}

  /**
   * The queue as the status is to have it.
   *
   * @param before as it has it now; empty: it has nothing
   * @param measured as it was measured last; empty: it was not measured yet
   * @param counting true: how long something is so depends on that the measurements have no gap
   */
  public static Optional<QueueStatus> next(
      SyncQueue spec,
      Optional<QueueStatus> before,
      Optional<QueueStatus> measured,
      boolean counting,
      Instant now) {
    if (before.isEmpty() || measured.isEmpty()) {
      return measured.or(() -> before);
    }
    return isNews(spec, before.get(), measured.get(), counting, now) ? measured : before;
  }

  private static boolean isNews(
      SyncQueue spec, QueueStatus before, QueueStatus measured, boolean counting, Instant now) {
    if (Pressure.differs(spec, before, measured) || freshnessDiffers(spec, before, measured, now)) {
      return true;
    }
    var same = measured.withMeasuredAt(before.measuredAt()).equals(before);
    return (counting || !same) && !now.isBefore(before.measuredAt().plus(pace(spec)));
  }

  private static boolean freshnessDiffers(
      SyncQueue spec, QueueStatus before, QueueStatus measured, Instant now) {
    return spec.lastSync() != null
        && spec.lastSync().maxAge() != null
        && Freshness.of(spec.lastSync(), before, now)
            != Freshness.of(spec.lastSync(), measured, now);
  }

  /** Not more often than this is written what means the same. */
  static Duration pace(SyncQueue spec) {
    var interval = Durations.of(spec.interval());
    return interval.compareTo(PACE) > 0 ? interval : PACE;
  }
}
