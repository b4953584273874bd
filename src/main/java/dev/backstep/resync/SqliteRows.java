package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Source.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Values as the target's types want them; the key comes first. */
class SqliteRows implements Rows {
  private final PreparedStatement query;
  private final ResultSet rows;
  private final List<CopiedColumn> columns;
  private final int key;
  private final int first;

  /**
   * The rows of a query.
   *
   * @param key how many columns the key has
   * @param first number of the first of the columns in the query's result
   */
  SqliteRows(PreparedStatement query, List<CopiedColumn> columns, int key, int first)
      throws SQLException {
    this.query = query;
    this.rows = query.executeQuery();
    this.columns = columns;
    this.key = key;
    this.first = first;
  }

  @Override
  public boolean next() throws SQLException {
    return rows.next();
  }

  @Override
  public String[] values() throws SQLException, ProblemException {
    var values = new String[columns.size()];
    for (var at = 0; at < values.length; at++) {
      values[at] = value(at);
    }
    return values;
  }

  /** One of the values. */
  final String value(int column) throws SQLException, ProblemException {
    return SqliteValues.text(object(column), columns.get(column).target());
  }

  @Override
  public List<String> place() throws SQLException {
    var place = new ArrayList<String>(key);
    for (var at = 0; at < key; at++) {
      place.add(literal(object(at)));
    }
    return place;
  }

  private Object object(int column) throws SQLException {
    return rows.getObject(first + column);
  }

  /** What the query says before its columns. */
  final byte[] line() throws SQLException {
    return rows.getBytes(1);
  }

  /** With its type: SQLite sorts the number 2 before the text 10. */
  private static String literal(Object value) {
    if (value instanceof byte[] bytes) {
      return "X'" + HexFormat.of().formatHex(bytes) + "'";
    }
    return value instanceof String text ? "'" + text.replace("'", "''") + "'" : value.toString();
  }

  @Override
  public void close() throws SQLException {
    try (query) {
      rows.close();
    }
  }
}
