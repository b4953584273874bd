package dev.backstep.runbook;

import java.time.Duration;

/** What is left of an action, seen from the world as it is now. */
public sealed interface Work {
  /** So many targets are not yet as the action wants them. */
  record ToDo(int targets, String message) implements Work {}

  /**
   * Every target is as wanted, but the effect does not show yet (old pods are still there).
   *
   * @param again when to look again, where no event tells of it; null: an event will
   */
  record Rolling(String message, Duration again) implements Work {
    public Rolling(String message) {
      this(message, null);
    }
  }

  /** The effect is there. */
  record Observed(String message) implements Work {}

  /** The effect will not show: a roll-out that does not get on. */
  record Stuck(String message) implements Work {}

  /** It cannot be done: a verdict. */
  record Impossible(String reason, String message) implements Work {}
}
