package dev.backstep.synccontrol.decide;

import dev.backstep.api.v1alpha1.sync.Metric;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import java.util.Optional;

/** What the thresholds of a metric say of a number; each one says more than the one before it. */
public enum Pressure {
  Healthy,
  /** Above {@code warnAbove}. */
  Filling,
  /** Above {@code unhealthyAbove}. */
  Unhealthy,
  /** Above {@code overflowAbove}. */
  Overflow;

  /** Of what is measured by a metric; empty: it is not, or it is not known. */
  public static Optional<Pressure> of(Metric metric, Long value) {
    return metric == null || value == null ? Optional.empty() : Optional.of(of(value, metric));
  }

  private static Pressure of(long value, Metric metric) {
    if (above(value, metric.overflowAbove())) {
      return Overflow;
    }
    if (above(value, metric.unhealthyAbove())) {
      return Unhealthy;
    }
    return above(value, metric.warnAbove()) ? Filling : Healthy;
  }

  private static boolean above(long value, Long threshold) {
    return threshold != null && value > threshold;
  }

  /** True where two measurements mean something else, or another one could not be made. */
  static boolean differs(SyncQueue spec, QueueStatus one, QueueStatus other) {
    return !of(spec.size(), one.size()).equals(of(spec.size(), other.size()))
        || !of(spec.failed(), one.failed()).equals(of(spec.failed(), other.failed()))
        || !spec.measured().keySet().stream()
            .allMatch(
                name -> one.notMeasured(name).isPresent() == other.notMeasured(name).isPresent());
  }
}
