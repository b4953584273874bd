package dev.backstep.runbook;

/**
 * One measurement of a gate.
 *
 * @param color green: healthy; red: unhealthy; error: could not be measured
 * @param message what was seen, in a sentence without anything secret
 */
public record Reading(Color color, String message) {

  /** The three results a measurement can have. */
  public enum Color {
    GREEN,
    RED,
    ERROR
  }

  public static Reading green(String message) {
    return new Reading(Color.GREEN, message);
  }

  public static Reading red(String message) {
    return new Reading(Color.RED, message);
  }

  public static Reading error(String message) {
    return new Reading(Color.ERROR, message);
  }
}
