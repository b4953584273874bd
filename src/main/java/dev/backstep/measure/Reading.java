package dev.backstep.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;

/**
 * One measurement.
 *
 * @param color green: healthy; red: unhealthy; error: could not be measured; none: nothing to say
 *     yet
 * @param message what was seen, in a sentence without anything secret
 * @param value what was measured: a number, true or false, a text; JSON's null where there is none
 */
public record Reading(Color color, String message, JsonNode value) {

  /** The results a measurement can have. */
  public enum Color {
    GREEN,
    RED,
    ERROR,
    /** Nobody has answered yet: it does not count. */
    NONE
  }

  /** Without a value. */
  public Reading(Color color, String message) {
    this(color, message, NullNode.instance);
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

  /** The same with a value. */
  public Reading withValue(JsonNode measured) {
    return new Reading(color, message, measured);
  }
}
