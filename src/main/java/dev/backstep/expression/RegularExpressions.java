package dev.backstep.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Regular expressions (RE2) of a bounded size. RE2 takes no longer than the text and the expression
 * are long, but it writes repetitions out: {@code ((a{1000}){1000}){1000}} has no place in memory.
 */
public final class RegularExpressions {
  /** How large a compiled expression may be: each step over a text costs up to that much. */
  static final int LARGEST = 1000;

  private RegularExpressions() {}

  /**
   * Compiles an expression.
   *
   * @throws PatternSyntaxException when it is none, or too large
   */
  public static Pattern compile(String text) {
    if (new Size(text).total() > LARGEST) {
      throw tooLarge(text);
    }
    var pattern = Pattern.compile(text);
    if (pattern.programSize() > LARGEST) {
      throw tooLarge(text);
    }
    return pattern;
  }

  private static PatternSyntaxException tooLarge(String text) {
    return new PatternSyntaxException("it is too large; repeat less in it", text);
  }

  /** How large an expression is when its repetitions are written out, at least roughly. */
  private static final class Size {
    private static final long SATURATED = 1L << 40;

    private final String text;
    private int at;

    Size(String text) {
      this.text = text;
    }

    long total() {
      var total = 0L;
      while (at < text.length()) {
        // One that closes nothing is none of ours to refuse.
        total = sum(total, alternatives());
        at++;
      }
      return total;
    }

    /** Up to the end, or to the bracket that closes a group. */
    private long alternatives() {
      var total = 0L;
      var last = 0L;
      while (at < text.length() && text.charAt(at) != ')') {
        var count = repetition();
        if (count > 0) {
          last = Math.min(SATURATED, last * count);
        } else {
          total = sum(total, last);
          last = atom();
        }
      }
      return sum(total, last);
    }

    private long atom() {
      var here = text.charAt(at++);
      if (here == '(') {
        var group = alternatives();
        at++;
        return sum(group, 1);
      }
      if (here == '[') {
        skipClass();
      } else if (here == '\\') {
        return escaped();
      }
      return 1;
    }

    private long escaped() {
      var what = at < text.length() ? text.charAt(at++) : '\\';
      if (what == 'Q') {
        var end = text.indexOf("\\E", at);
        var until = end < 0 ? text.length() : end;
        var length = until - at;
        at = end < 0 ? text.length() : end + 2;
        return length;
      }
      // \p{Greek} and \x{10FFFF} are one character and repeat nothing.
      if ((what == 'p' || what == 'P' || what == 'x') && next('{')) {
        at = end('}');
      }
      return 1;
    }

    private void skipClass() {
      if (next('^')) {
        at++;
      }
      if (next(']')) {
        at++;
      }
      while (at < text.length() && text.charAt(at) != ']') {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      at++;
    }

    /** How often what stands before is written down, such as 3 in {@code {2,3}}; 0: it is none. */
    private long repetition() {
      if (!next('{')) {
        return 0;
      }
      var end = end('}');
      var counts = text.substring(at + 1, Math.max(at + 1, end - 1));
      if (!counts.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
        return 0;
      }
      at = end;
      var most = 1L;
      for (var count : counts.split(",")) {
        most = Math.max(most, Long.parseLong(count));
      }
      return most;
    }

    private boolean next(char wanted) {
      return at < text.length() && text.charAt(at) == wanted;
    }

    private int end(char wanted) {
      var end = text.indexOf(wanted, at);
      return end < 0 ? text.length() : end + 1;
    }

    private static long sum(long one, long other) {
      return Math.min(SATURATED, one + other);
    }
  }
}
