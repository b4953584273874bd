package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
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

  /** Types in which a whole number may mean something else. */
  private static final Set<String> MEANT = Set.of("bool", "timestamptz", "timestamp", "date");

  private static final String BYTES = "bytea";
  private static final byte MARK = 1;
  private static final char REPLACED = '\uFFFD';

  private final int columns;

  SqliteLines(PreparedStatement query, List<CopiedColumn> columns, int key) throws SQLException {
    super(query, columns, key, 2);
    this.columns = columns.size();
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
    if (base.equals(BYTES)) {
      return "char(1)";
    }
    var types = MEANT.contains(base) ? "'text'" : "'text', 'integer'";
    return "iif(typeof(%1$s) IN (%2$s), %1$s, char(1))"
        .formatted(SourceQueries.quoted(column.source()), types);
  }

  @Override
  public void append(CopyText text) throws SQLException, ProblemException {
    var line = line();
    if (!isPlain(line)) {
      super.append(text);
      return;
    }
    var from = 0;
    for (var column = 0; column < columns; column++) {
      var to = from;
      while (to < line.length && line[to] != 0) {
        to++;
      }
      if (to - from == 1 && line[from] == MARK) {
        text.append(value(column));
      } else {
        text.append(line, from, to);
      }
      from = to + 1;
    }
  }

  /** False where a value has a character 0, may be too long, or is no UTF-8. */
  private boolean isPlain(byte[] line) {
    var parts = 1;
    var ascii = true;
    for (var character : line) {
      parts += character == 0 ? 1 : 0;
      ascii &= character >= 0;
    }
    return parts == columns
        && line.length <= SqliteValues.LONGEST
        && (ascii || new String(line, StandardCharsets.UTF_8).indexOf(REPLACED) < 0);
  }
}
