package dev.backstep.api.v1alpha1.schema;

import java.util.regex.Pattern;

/** Markdown in lines that can be read as they are. */
final class Wrapped {
  private static final int COLUMNS = 100;

  /** What stands in backquotes is not torn apart. */
  private static final Pattern WORD = Pattern.compile("(?:`[^`]*`|[^\\s`])+");

  private Wrapped() {}

  /** A paragraph; the lines after the first are indented as far as the first one's lead is long. */
  static String text(String lead, String text) {
    var lines = new StringBuilder(lead);
    var column = lead.length();
    var words = WORD.matcher(text);
    while (words.find()) {
      var word = words.group();
      if (column > lead.length() && column + 1 + word.length() > COLUMNS) {
        lines.append('\n').append(" ".repeat(lead.length()));
        column = lead.length();
      } else if (column > lead.length()) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.append('\n').toString();
  }

  /** Plain text, so that nothing in it is taken for HTML. */
  static String escaped(String text) {
    return text.replace("<", "\\<");
  }
}
