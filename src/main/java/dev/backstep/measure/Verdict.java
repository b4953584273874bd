package dev.backstep.measure;

/** What consecutive measurements of a gate say. */
public enum Verdict {
  /** Not enough measurements yet. */
  PENDING,
  HEALTHY,
  UNHEALTHY,
  /** Could not be measured: neither good nor bad. */
  INCONCLUSIVE
}
