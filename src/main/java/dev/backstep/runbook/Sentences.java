package dev.backstep.runbook;

/** Words of humans, so that something may follow them. */
final class Sentences {
  private Sentences() {}

  /** The text with a full stop at its end, if it has no end. */
  static String of(String text) {
    var said = text.strip();
    return said.matches("(?s).*[.!?:)]$") ? said : said + ".";
  }
}
