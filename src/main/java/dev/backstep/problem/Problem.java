package dev.backstep.problem;

import dev.backstep.text.Sentences;
import java.util.List;

/**
 * Something that would keep an action from working, found before it is tried.
 *
 * @param reason one word, CamelCase
 * @param message what is wrong, with what, and what to do about it
 */
public record Problem(String reason, String message) {

  /** All of them, one sentence after the other, as far as there is room in a message. */
  public static String messages(List<Problem> problems) {
    return Sentences.all(problems.stream().map(Problem::message).toList(), "");
  }
}
