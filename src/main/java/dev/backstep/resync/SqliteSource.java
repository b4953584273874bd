package dev.backstep.resync;

import dev.backstep.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A copy of a SQLite file that nobody else has open. */
final class SqliteSource implements Source {
  private static final String TABLE =
      "SELECT name, type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%' FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE";

  /** Without those that a virtual table hides. */
  private static final String COLUMNS =
      "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid";

  private final Connection connection;
  private final String version;

  SqliteSource(Connection connection, String version) {
    this.connection = connection;
    this.version = version;
  }

  @Override
  public String version() {
    return version;
  }

  /** SQLite knows no schemas, and no difference between large and small letters. */
  @Override
  public Optional<SourceTable> table(String name) throws SQLException {
    var plain = name.substring(name.lastIndexOf('.') + 1).replace("\"", "");
    try (var query = connection.prepareStatement(TABLE)) {
      query.setString(1, plain);
      try (var found = query.executeQuery()) {
        return found.next()
            ? Optional.of(table(found.getString(1), found.getBoolean(2)))
            : Optional.empty();
      }
    }
  }

  private SourceTable table(String name, boolean numbered) throws SQLException {
    try (var query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        var columns = new ArrayList<String>();
        while (found.next()) {
          columns.add(found.getString(1));
        }
        return new SourceTable(SourceQueries.quoted(name), columns, numbered ? "rowid" : "");
      }
    }
  }

  @Override
  public Figures figures(SourceTable table, List<String> key) throws SQLException {
    return SourceQueries.figures(connection, table, key);
  }

  @Override
  public Rows rows(TableCopy table, List<CopiedColumn> columns, List<String> after)
      throws SQLException {
    var sql = SourceQueries.rows(table, columns, "%s", String.join(", ", after));
    var query = connection.prepareStatement(sql);
    return new SqliteRows(query, query.executeQuery(), columns, table.key().size());
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** Values as the target's types want them; the key comes first. */
  private static final class SqliteRows implements Rows {
    private final PreparedStatement query;
    private final ResultSet rows;
    private final List<CopiedColumn> columns;
    private final int key;
    private final Object[] row;

    SqliteRows(PreparedStatement query, ResultSet rows, List<CopiedColumn> columns, int key) {
      this.query = query;
      this.rows = rows;
      this.columns = columns;
      this.key = key;
      this.row = new Object[columns.size()];
    }

    @Override
    public boolean next() throws SQLException {
      if (!rows.next()) {
        return false;
      }
      for (var at = 0; at < row.length; at++) {
        row[at] = rows.getObject(at + 1);
      }
      return true;
    }

    @Override
    public String[] values() throws ProblemException {
      var values = new String[row.length];
      for (var at = 0; at < row.length; at++) {
        values[at] = SqliteValues.text(row[at], columns.get(at).target());
      }
      return values;
    }

    @Override
    public List<String> place() {
      return Arrays.stream(row, 0, key).map(SqliteRows::literal).toList();
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
}
