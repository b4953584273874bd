package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.io.InputStream;
import java.sql.SQLException;

/** Rows in the text format of COPY. */
final class CopyText implements Gathered, ValueSink {
  private static final int SHORT = 8;

  private final Utf8 text = new Utf8();
  private int last;
  private int rows;

  @Override
  public void add(Rows source) throws SQLException, ProblemException {
    last = text.length();
    source.append(this);
    // Instead of the tab after the last value.
    text.cut(text.length() - 1);
    text.add('\n');
    rows++;
  }

  @Override
  public void dropLast() {
    text.cut(last);
    rows--;
  }

  @Override
  public int size() {
    return rows;
  }

  @Override
  public long length() {
    return text.length();
  }

  @Override
  public void appendNull() {
    text.room(SHORT);
    text.add('\\');
    text.add('N');
    text.add('\t');
  }

  @Override
  public void append(byte[] value, int from, int to) {
    text.room(2 * (to - from) + SHORT);
    for (var at = from; at < to; at++) {
      switch (value[at]) {
        case '\\' -> escaped('\\');
        case '\n' -> escaped('n');
        case '\r' -> escaped('r');
        case '\t' -> escaped('t');
        default -> text.add(value[at]);
      }
    }
    text.add('\t');
  }

  private void escaped(char character) {
    text.add('\\');
    text.add(character);
  }

  InputStream stream() {
    return text.stream();
  }
}
