package dev.backstep.measure;

/**
 * One measurement of a gate.
 *
 * @param color green: healthy; red: unhealthy; error: could not be measured; none: nothing to say
 *     yet
 * @param message what was seen, in a sentence without anything secret
 */
public record Reading(Color color, String message) {

  /** The three results a measurement can have. */
  public enum Color {
    GREEN,
    RED,
    ERROR,
    /** Nobody has answered yet: it does not count. */
    NONE
  }

  public static Reading green(String message) {
    return new Reading(Color.GREEN, message);
  }

  public static Reading red(String message) {
    return new Reading(Color.RED, message);
  }

  /** Nothing can be said yet. */
  public static Reading none() {
    return new Reading(Color.NONE, "not answered yet");
  }

  public static Reading error(String message) {
    return new Reading(Color.ERROR, message);
  }
}
