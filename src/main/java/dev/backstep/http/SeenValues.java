package dev.backstep.http;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says which values of an answer made a condition false, for everybody who may read the status:
 * few, short, and none that looks as if it were secret.
 */
final class SeenValues {
  private static final int MOST = 4;
  private static final int LONGEST_TEXT = 64;

  /** A shorter one hides nothing, and a message without it could not be read. */
  private static final int SHORTEST_SECRET = 4;

  /** How places are named whose values are nobody's business. */
  private static final Pattern PRIVATE =
      Pattern.compile(
          "token|secret|passw|credential|cookie|auth|session|signature|api[-_]?key|private",
          Pattern.CASE_INSENSITIVE);

  private SeenValues() {}

  /** As {@code (body.ok was false, body.version was "v2")}; empty where nothing was looked at. */
  static String of(Map<String, Object> seen) {
    var all = seen.entrySet().stream().filter(it -> !it.getKey().equals("status")).toList();
    if (all.isEmpty()) {
      return "";
    }
    var more = all.size() > MOST ? " and %d more".formatted(all.size() - MOST) : "";
    return all.stream()
        .limit(MOST)
        .map(it -> "%s was %s".formatted(it.getKey(), shown(it.getKey(), it.getValue())))
        .collect(Collectors.joining(", ", " (", more + ")"));
  }

  private static String shown(String place, Object value) {
    if (PRIVATE.matcher(place).find()) {
      return "[redacted]";
    }
    if (value instanceof Map<?, ?> map) {
      return "an object with %d members".formatted(map.size());
    }
    if (value instanceof Collection<?> list) {
      return "a list of %d".formatted(list.size());
    }
    if (!(value instanceof String text)) {
      return value instanceof Number || value instanceof Boolean ? value.toString() : "null";
    }
    return text.length() <= LONGEST_TEXT
        ? "\"%s\"".formatted(text.replaceAll("\\p{Cntrl}+", " "))
        : "a text of %d characters".formatted(text.length());
  }

  /** A message without what was sent as a secret, in case the endpoint repeats it. */
  static String without(List<String> secrets, String message) {
    var said = message;
    for (var secret : secrets) {
      said = secret.length() < SHORTEST_SECRET ? said : said.replace(secret, "[redacted]");
    }
    return said;
  }
}
