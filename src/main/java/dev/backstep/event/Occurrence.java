package dev.backstep.event;

/**
 * Something that happened to an object, as people are told of it.
 *
 * @param key what it is about: with another key the same reason is said again
 * @param alarming a human should look
 * @param reason in one word
 * @param message a sentence or more
 */
public record Occurrence(String key, boolean alarming, String reason, String message) {
  /** One that a human should look at. */
  public static Occurrence warning(String key, String reason, String message) {
    return new Occurrence(key, true, reason, message);
  }
}
