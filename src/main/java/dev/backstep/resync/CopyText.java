package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;

/** Rows in the text format of COPY, in UTF-8. */
final class CopyText implements Gathered {
  private static final int FIRST_SIZE = 256 * 1024;

  private byte[] text = new byte[FIRST_SIZE];
  private int length;
  private int last;
  private int rows;

  @Override
  public void add(Rows source) throws SQLException, ProblemException {
    last = length;
    source.append(this);
    // Instead of the tab after the last value.
    text[length - 1] = '\n';
    rows++;
  }

  @Override
  public void dropLast() {
    length = last;
    rows--;
  }

  @Override
  public int size() {
    return rows;
  }

  @Override
  public long length() {
    return length;
  }

  /** Takes the next value of a row. */
  void append(String value) {
    if (value == null) {
      room(3);
      text[length++] = '\\';
      text[length++] = 'N';
      text[length++] = '\t';
      return;
    }
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    append(bytes, 0, bytes.length);
  }

  /** As {@link #append(String)}, with what is from here to there. */
  void append(byte[] value, int from, int to) {
    room(2 * (to - from) + 1);
    for (var at = from; at < to; at++) {
      switch (value[at]) {
        case '\\' -> escaped('\\');
        case '\n' -> escaped('n');
        case '\r' -> escaped('r');
        case '\t' -> escaped('t');
        default -> text[length++] = value[at];
      }
    }
    text[length++] = '\t';
  }

  private void escaped(char character) {
    text[length++] = '\\';
    text[length++] = (byte) character;
  }

  private void room(int more) {
    if (text.length - length < more) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
    }
  }

  /** All rows. */
  InputStream stream() {
    return new ByteArrayInputStream(text, 0, length);
  }
}
