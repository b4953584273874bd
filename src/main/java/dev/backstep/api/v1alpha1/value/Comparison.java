package dev.backstep.api.v1alpha1.value;

import java.util.regex.Pattern;

/** What conditions of gates compare a measurement with. */
public final class Comparison {
  private static final Pattern BEFORE = Pattern.compile("\\bbefore\\b");

  private Comparison() {}

  /**
   * True when a condition names {@code before}, the value at the start of the run.
   *
   * @param condition in CEL; null: there is none
   */
  public static boolean withStart(String condition) {
    return condition != null && BEFORE.matcher(condition).find();
  }
}
