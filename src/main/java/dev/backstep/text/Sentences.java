package dev.backstep.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Words for humans: put together so that something may follow them, and never too many. */
public final class Sentences {
  /**
   * No message in a status is longer, in UTF-8. It is an Event's limit too; and a status of a
   * thousand messages still fits into what the API server can store.
   */
  private static final int MAX_BYTES = 1024;

  /** A list gets less, so that the sentence that introduces it has room too. */
  private static final int MAX_LIST_BYTES = 900;

  private static final String MORE = " ...";

  private Sentences() {}

  /** The text with a full stop at its end, if it has no end. */
  public static String of(String text) {
    var said = text.strip();
    return said.matches("(?s).*[.!?:)]$") ? said : said + ".";
  }

  /** The text without a full stop at its end, to stand inside of a sentence. */
  public static String clause(String text) {
    return text.replaceAll("\\.$", "");
  }

  /** The text, shortened at a word's end if it has more than 1 KB. */
  public static String bounded(String text) {
    return bounded(text, MAX_BYTES);
  }

  private static String bounded(String text, int limit) {
    if (fits(text, limit)) {
      return text;
    }
    var end = Math.min(text.length(), limit);
    while (!fits(text.substring(0, end) + MORE, limit)) {
      end--;
    }
    var word = text.lastIndexOf(' ', end);
    var cut = word > end / 2 ? word : end;
    return text.substring(0, Character.isHighSurrogate(text.charAt(cut - 1)) ? cut - 1 : cut)
        + MORE;
  }

  private static boolean fits(String text, int limit) {
    return text.length() <= limit && text.getBytes(StandardCharsets.UTF_8).length <= limit;
  }

  /**
   * As many of the texts as have room in 900 bytes, one after the other: always the first one,
   * shortened if need be, and how many more there are. A text that ends its line keeps doing so: it
   * ends with a command, and what follows would be copied with it.
   *
   * @param where where all of them stand, such as "status.levels has them"; empty: nowhere
   */
  public static String all(List<String> texts, String where) {
    var said = new StringBuilder();
    var shown = 0;
    for (var text : texts) {
      // A command ends its line, so that it can be copied.
      var next = said.isEmpty() || said.toString().endsWith("\n") ? text : " " + text;
      var room = MAX_LIST_BYTES - tail(texts.size(), where).length();
      if (!fits(said + next, room)) {
        break;
      }
      said.append(next);
      shown++;
    }
    if (shown == texts.size()) {
      return said.toString();
    }
    return shown == 0
        ? bounded(texts.get(0), MAX_LIST_BYTES - tail(texts.size(), where).length())
            + tail(texts.size() - 1, where)
        : said.toString().stripTrailing() + tail(texts.size() - shown, where);
  }

  private static String tail(int more, String where) {
    return more == 0 ? "" : "\nAnd %d more%s.".formatted(more, where.isEmpty() ? "" : ": " + where);
  }
}
