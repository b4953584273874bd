package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows of which SQLite makes a line each, so that most values are fetched by one call: to ask for
 * each alone costs more than all else. In the line are texts and whole numbers, which mean the same
 * on both sides, with the character 0 between them, which no value may have. A {@link #MARK} stands
 * for whatever is to be asked for, and for a text that looks like it.
 */
final class SqliteLines extends SqliteRows {
  /** SQLite's functions take 100 arguments, and one of them is what is between. */
  private static final int MOST_COLUMNS = 99;

  private static final String TEXTS_AND_NUMBERS =
      "iif(typeof(%1$s) IN ('text', 'integer'), %1$s, char(1))";

  /** Of moments, where a number may mean days or seconds. */
  private static final String TEXTS = "iif(typeof(%1$s) = 'text', %1$s, char(1))";

  private static final Map<String, String> PARTS =
      Map.of(
          "bytea",
          "char(1)",
          "bool",
          "CASE typeof(%1$s) WHEN 'text' THEN %1$s WHEN 'integer' THEN CASE %1$s WHEN 0 THEN 'f' WHEN 1 THEN 't' ELSE char(1) END ELSE char(1) END",
          "timestamptz",
          TEXTS,
          "timestamp",
          TEXTS,
          "date",
          TEXTS);

  private static final byte MARK = 1;
  private static final char REPLACED = '\uFFFD';

  /** Where the values of a line end. */
  private final int[] ends;

  SqliteLines(PreparedStatement query, List<CopiedColumn> columns, int key) throws SQLException {
    super(query, columns, key, 2);
    this.ends = new int[columns.size()];
  }

  /** True where a line can be made of so many columns. */
  static boolean fit(List<CopiedColumn> columns) {
    return columns.size() <= MOST_COLUMNS;
  }

  /** The line, as SQLite makes it. */
  static String line(List<CopiedColumn> columns) {
    return columns.stream()
        .map(SqliteLines::part)
        .collect(Collectors.joining(", ", "concat_ws(char(0), ", ")"));
  }

  private static String part(CopiedColumn column) {
    var base = column.target().base();
    return PARTS
        .getOrDefault(base, TEXTS_AND_NUMBERS)
        .formatted(SourceQueries.quoted(column.source()));
  }

  @Override
  public void append(ValueSink sink) throws SQLException, ProblemException {
    var line = line();
    if (!isPlain(line)) {
      super.append(sink);
      return;
    }
    var from = 0;
    for (var column = 0; column < ends.length; column++) {
      var to = ends[column];
      if (to - from == 1 && line[from] == MARK) {
        sink.append(value(column));
      } else {
        sink.append(line, from, to);
      }
      from = to + 1;
    }
  }

  /**
   * Finds the ends of the values; false where one has a character 0, may be too long, or no UTF-8.
   */
  private boolean isPlain(byte[] line) {
    var column = 0;
    var ascii = true;
    for (var at = 0; at < line.length; at++) {
      var character = line[at];
      ascii &= character >= 0;
      if (character == 0) {
        if (column == ends.length - 1) {
          return false;
        }
        ends[column++] = at;
      }
    }
    ends[column] = line.length;
    return column == ends.length - 1
        && line.length <= SqliteValues.LONGEST
        && (ascii || new String(line, StandardCharsets.UTF_8).indexOf(REPLACED) < 0);
  }
}
