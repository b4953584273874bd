package dev.backstep.runbook;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that would keep an action from working, found before it is tried.
 *
 * @param reason one word, CamelCase
 * @param message what is wrong, with what, and what to do about it
 */
public record Problem(String reason, String message) {

  /** All of them, one sentence after the other. */
  public static String messages(List<Problem> problems) {
    return problems.stream().map(Problem::message).collect(Collectors.joining(" "));
  }
}
