package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Intent;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Names one effect wherever it lands: in an annotation, a row, a header, the name of a Job. No two
 * effects ever have the same one.
 *
 * @param claim of the run on whose behalf it is done
 * @param action name of the action
 * @param verb what it is done for
 * @param number of the intent within action and verb, from 1
 * @param part index of the effect within its intent, from 0
 */
public record Mark(String claim, String action, Intent.Verb verb, int number, int part) {

  /** The mark of the first effect of an intent. */
  public static Mark first(String claim, String action, Intent.Verb verb, int number) {
    return new Mark(claim, action, verb, number, 0);
  }

  /** The mark of one effect of an intent. */
  public static Mark of(Intent intent, String claim, int part) {
    return new Mark(claim, intent.action(), intent.verb(), intent.effect(), part);
  }

  /** The mark that was written as this text. */
  public static Mark parsed(String text) {
    var parts = text.split("/");
    return new Mark(
        parts[0],
        parts[1],
        Stream.of(Intent.Verb.values())
            .filter(verb -> written(verb).equals(parts[2]))
            .findFirst()
            .orElseThrow(),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]));
  }

  /** As {@code bs-run-7f.../revert-web/apply/1/0}. */
  public String text() {
    return "%s/%d".formatted(prefix(), part);
  }

  /** What the marks of all effects of its intent begin with. */
  public String prefix() {
    return "%s%d".formatted(prefix(claim, action, verb), number);
  }

  /** What the marks of all effects of an action begin with that have this verb. */
  public static String prefix(String claim, String action, Intent.Verb verb) {
    return "%s/%s/%s/".formatted(claim, action, written(verb));
  }

  /** True when a mark says that this action, doing what it is for, made the effect. */
  public static boolean by(String mark, String claim, String action) {
    return mark != null && mark.startsWith(prefix(claim, action, Intent.Verb.Apply));
  }

  private static String written(Intent.Verb verb) {
    return verb.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return text();
  }
}
