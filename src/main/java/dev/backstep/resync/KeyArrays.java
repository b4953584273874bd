package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** Keys, as an array for each of their columns. */
final class KeyArrays implements Gathered, ValueSink {
  private static final int SHORT = 8;

  private final List<Utf8> arrays;
  private final int[] last;
  private int column;
  private int keys;

  KeyArrays(int columns) {
    arrays = Stream.generate(Utf8::new).limit(columns).toList();
    last = new int[columns];
    arrays.forEach(array -> array.add('{'));
  }

  @Override
  public void add(Rows source) throws SQLException, ProblemException {
    for (column = 0; column < last.length; column++) {
      last[column] = arrays.get(column).length();
    }
    column = 0;
    source.append(this);
    keys++;
  }

  @Override
  public void dropLast() {
    for (column = 0; column < last.length; column++) {
      arrays.get(column).cut(last[column]);
    }
    keys--;
  }

  @Override
  public int size() {
    return keys;
  }

  @Override
  public long length() {
    return arrays.stream().mapToLong(Utf8::length).sum();
  }

  @Override
  public void appendNull() {
    throw new IllegalStateException("rows without a key are not read");
  }

  @Override
  public void append(byte[] value, int from, int to) {
    var array = arrays.get(column++);
    array.room(2 * (to - from) + SHORT);
    array.add('"');
    for (var at = from; at < to; at++) {
      if (value[at] == '"' || value[at] == '\\') {
        array.add('\\');
      }
      array.add(value[at]);
    }
    array.add('"');
    array.add(',');
  }

  /** Binds the arrays; the statement says of which type. */
  void bind(PreparedStatement statement) throws SQLException {
    for (var at = 0; at < last.length; at++) {
      var array = arrays.get(at).toString();
      statement.setString(at + 1, array.substring(0, array.length() - 1) + "}");
    }
  }
}
