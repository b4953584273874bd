package dev.backstep.api.v1alpha1.ladder;

/** The answers that a run understands; each question lists the ones that fit. */
public enum Choice {
  /** Do the same once more: measure again, check again, act again. */
  Retry,
  /** Leave this one out and go on with the next. */
  Skip,
  /** Leave this level and climb to the next. */
  NextLevel,
  /** Good enough: end the run as it is. */
  Accept,
  /** Go on in spite of it. */
  Proceed
}
