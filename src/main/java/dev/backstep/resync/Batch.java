package dev.backstep.resync;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Rows that are written in one transaction.
 *
 * @param rows values of each, the key's first
 * @param place where the last one is at the source
 */
record Batch(List<String[]> rows, List<String> place) {
  /** There are no more rows. */
  static final Batch NONE = new Batch(List.of(), List.of());

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int size() {
    return rows.size();
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
