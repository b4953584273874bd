package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Rows as their values, the key's first. */
final class RowValues implements Gathered {
  private final List<String[]> rows = new ArrayList<>();
  private long length;

  /** Of one row. */
  static RowValues of(String[] row) {
    var values = new RowValues();
    values.add(row);
    return values;
  }

  @Override
  public void add(Rows source) throws SQLException, ProblemException {
    add(source.values());
  }

  private void add(String[] row) {
    rows.add(row);
    for (var value : row) {
      length += value == null ? 0 : value.length();
    }
  }

  @Override
  public void dropLast() {
    rows.remove(rows.size() - 1);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public long length() {
    return length;
  }

  List<String[]> rows() {
    return rows;
  }

  /** Binds an array for each of the columns; the statement says of which type. */
  void bind(PreparedStatement statement, int columns) throws SQLException {
    Connection connection = statement.getConnection();
    for (var column = 0; column < columns; column++) {
      var values = new String[rows.size()];
      for (var row = 0; row < values.length; row++) {
        values[row] = rows.get(row)[column];
      }
      statement.setString(column + 1, connection.createArrayOf("text", values).toString());
    }
  }
}
