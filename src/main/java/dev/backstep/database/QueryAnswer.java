package dev.backstep.database;

import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a query answered, as CEL knows it: whole numbers, other numbers, true and false, and
 * everything else as the text that PostgreSQL writes.
 *
 * @param value first column of the first row; CEL's null where there is none
 * @param rows the first 100, by name of the column
 */
public record QueryAnswer(Object value, List<Map<String, Object>> rows) {
  static final int MOST_ROWS = 100;

  /** No answer. */
  static final QueryAnswer NONE = new QueryAnswer(NullValue.NULL_VALUE, List.of());

  static QueryAnswer of(ResultSet result) throws SQLException {
    var columns = result.getMetaData();
    List<Map<String, Object>> rows = new ArrayList<>();
    while (result.next()) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (var i = 1; i <= columns.getColumnCount(); i++) {
        row.put(columns.getColumnLabel(i), value(result, i, columns.getColumnType(i)));
      }
      rows.add(row);
    }
    return rows.isEmpty() || rows.get(0).isEmpty()
        ? new QueryAnswer(NONE.value(), rows)
        : new QueryAnswer(rows.get(0).values().iterator().next(), rows);
  }

  private static Object value(ResultSet result, int column, int type) throws SQLException {
    var text = result.getString(column);
    if (text == null) {
      return NullValue.NULL_VALUE;
    }
    return switch (type) {
      case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Long.valueOf(text);
      case Types.NUMERIC, Types.REAL, Types.FLOAT, Types.DOUBLE -> number(text);
      case Types.BIT, Types.BOOLEAN -> result.getBoolean(column);
      default -> text;
    };
  }

  /** A sum of whole numbers is a whole number, although PostgreSQL calls it numeric. */
  private static Object number(String text) {
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return Double.valueOf(text);
    }
  }
}
