package dev.backstep.database;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The definition of a function, as PostgreSQL writes it: its head, line by line, and then its body.
 *
 * @param head everything before the body
 */
record FunctionText(String head) {

  /**
   * Takes a definition apart.
   *
   * @param definition what {@code pg_get_functiondef} says
   * @param source the body, where it is kept as text
   * @param parsed the body, where it is kept as SQL that was understood; empty: it is not
   * @return empty: its body is neither, as that of a function in C
   */
  static Optional<FunctionText> of(String definition, String source, String parsed) {
    return Stream.of(
            "AS " + quoted(source, "function"), "AS " + quoted(source, "procedure"), parsed)
        .filter(body -> !body.isEmpty() && definition.endsWith(body + "\n"))
        .map(body -> definition.substring(0, definition.length() - body.length() - 1))
        .map(FunctionText::new)
        .findFirst();
  }

  /**
   * The definition with another body.
   *
   * @param language of the function now, as SQL writes it
   * @param newLanguage of the body, as SQL writes it
   * @return empty: it is not clear where the head names its language
   */
  Optional<String> with(String language, String newLanguage, String body) {
    var line = Pattern.compile("\n LANGUAGE " + Pattern.quote(language) + "\n").matcher(head);
    if (!line.find()) {
      return Optional.empty();
    }
    var changed =
        head.substring(0, line.start())
            + "\n LANGUAGE "
            + newLanguage
            + "\n"
            + head.substring(line.end());
    return line.find(line.end() - 1)
        ? Optional.empty()
        : Optional.of(changed + "AS " + quoted(body, "function") + "\n");
  }

  /** As PostgreSQL does it: between signs that are not in the text. */
  private static String quoted(String text, String label) {
    var sign = "$" + label;
    while (text.contains(sign)) {
      sign += "x";
    }
    return sign + "$" + text + sign + "$";
  }
}
