package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.sync.LastSync;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.time.Durations;
import java.time.Instant;

/** Whether a sync did something not long ago. What is missing is not fresh. */
public enum Freshness {
  Fresh,
  /** It is longer ago than {@code maxAge}. */
  Stale,
  /** It never did anything. */
  Never,
  /** It could not be found out. */
  NotMeasured;

  /** What a measurement says at a time. */
  public static Freshness of(LastSync spec, QueueStatus measured, Instant now) {
    if (measured.notMeasured(SyncQueue.LAST_SYNC).isPresent()) {
      return NotMeasured;
    }
    if (measured.lastSync() == null) {
      return Never;
    }
    return now.isAfter(measured.lastSync().plus(Durations.of(spec.maxAge()))) ? Stale : Fresh;
  }
}
