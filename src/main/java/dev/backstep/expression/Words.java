package dev.backstep.expression;

import java.util.Map;
import java.util.stream.Collectors;

/** What a condition saw, in words that everybody may read. */
public final class Words {
  private Words() {}

  /** As {@code value was 5, before was null}, by the places where they stood. */
  public static String of(Map<String, Object> seen) {
    return seen.entrySet().stream()
        .map(it -> "%s was %s".formatted(it.getKey(), of(it.getValue())))
        .collect(Collectors.joining(", "));
  }

  /** Texts may be anybody's data: they are never said. */
  public static String of(Object value) {
    if (value instanceof String text) {
      return "a text of %d characters".formatted(text.length());
    }
    if (value instanceof Map<?, ?> row) {
      return "a row with %d columns".formatted(row.size());
    }
    if (value instanceof Iterable<?>) {
      return "a list";
    }
    return value instanceof Number || value instanceof Boolean ? value.toString() : "null";
  }
}
