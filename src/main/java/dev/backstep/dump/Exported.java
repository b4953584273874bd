package dev.backstep.dump;

import dev.backstep.text.Sizes;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an export says when it ended well, and the operator reads from its last words.
 *
 * @param file its name
 * @param entries how many are in it
 * @param said all that it said
 */
public record Exported(String file, long entries, String said) {
  private static final Pattern SAID =
      Pattern.compile("(\\S+): ([0-9,]{1,20}) entries, .*", Pattern.DOTALL);

  /** What it said; empty: it was nothing of an export. */
  public static Optional<Exported> of(String lastWords) {
    var said = SAID.matcher(lastWords);
    return said.matches()
        ? Optional.of(
            new Exported(said.group(1), Long.parseLong(said.group(2).replace(",", "")), lastWords))
        : Optional.empty();
  }

  /** What is said of a manifest, and of older ones. */
  static String said(Manifest made, String older) {
    return String.format(
        Locale.ROOT,
        "%s: %,d entries, %s, sha256 %s, read back%s",
        made.file(),
        made.allRows(),
        Sizes.of(made.bytes()),
        made.sha256(),
        older);
  }
}
