package dev.backstep.resync;

import dev.backstep.resync.Source.Figures;
import dev.backstep.resync.Source.SourceTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The questions to a source that SQLite and PostgreSQL understand alike. */
final class SourceQueries {
  private static final String COUNTED =
      "SELECT count(*) FILTER (WHERE %1$s), count(*) FILTER (WHERE NOT (%1$s)) FROM %2$s";

  private static final String REPEATED =
      "SELECT count(*), coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM %2$s WHERE %1$s GROUP BY %3$s HAVING count(*) > 1) AS repeated";

  private static final String EXAMPLES =
      "SELECT %4$s FROM %2$s WHERE %1$s GROUP BY %3$s HAVING count(*) > 1 ORDER BY %3$s LIMIT 3";

  private SourceQueries() {}

  /** What is known of the rows of a table. */
  static Figures figures(Connection connection, SourceTable table, List<String> key)
      throws SQLException {
    long[] counted = pair(connection, sql(COUNTED, table, key));
    long[] repeated = pair(connection, sql(REPEATED, table, key));
    return new Figures(
        counted[0],
        counted[1],
        repeated[0],
        repeated[1],
        repeated[0] == 0 ? List.of() : examples(connection, sql(EXAMPLES, table, key)));
  }

  private static String sql(String question, SourceTable table, List<String> key) {
    return question.formatted(
        complete(key),
        table.name(),
        quoted(key, "%s"),
        key.stream()
            .map(column -> "CAST(%s AS text)".formatted(quoted(column)))
            .collect(Collectors.joining(" || '/' || ")));
  }

  /** True for rows that have a key. */
  static String complete(List<String> key) {
    return key.stream()
        .map(column -> "%s IS NOT NULL".formatted(quoted(column)))
        .collect(Collectors.joining(" AND "));
  }

  /**
   * Rows with a key, in its order.
   *
   * @param read what is read of each, as SQL
   * @param bound a bind variable for each column of the key, where only those after it are wanted;
   *     empty: all
   */
  static String rows(TableCopy table, String read, String bound) {
    var key = table.key().stream().map(CopiedColumn::source).toList();
    var after = bound.isEmpty() ? "" : " AND (%s) > (%s)".formatted(quoted(key, "%s"), bound);
    var order = table.source().order().isEmpty() ? "" : ", " + table.source().order();
    return "SELECT %s FROM %s WHERE %s%s ORDER BY %s%s"
        .formatted(read, table.source().name(), complete(key), after, quoted(key, "%s"), order);
  }

  /**
   * These columns.
   *
   * @param read how each is read, such as {@code %s}
   */
  static String read(List<CopiedColumn> columns, String read) {
    return quoted(columns.stream().map(CopiedColumn::source).toList(), read);
  }

  private static String quoted(List<String> columns, String read) {
    return columns.stream()
        .map(column -> read.formatted(quoted(column)))
        .collect(Collectors.joining(", "));
  }

  static String quoted(String name) {
    return "\"%s\"".formatted(name.replace("\"", "\"\""));
  }

  private static long[] pair(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    }
  }

  private static List<String> examples(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var examples = new ArrayList<String>();
      while (rows.next()) {
        examples.add(rows.getString(1));
      }
      return examples;
    }
  }
}
