package dev.backstep.resync;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
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
  private final boolean utf8;

  SqliteSource(Connection connection, String version) throws SQLException {
    this.connection = connection;
    this.version = version;
    this.utf8 = isUtf8();
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
    var query = query(table, SourceQueries.read(columns, "%s"), after);
    return new SqliteRows(query, columns, table.key().size(), 1);
  }

  @Override
  public Rows bulk(TableCopy table, List<CopiedColumn> columns, List<String> after)
      throws SQLException {
    if (!utf8 || !SqliteLines.fit(columns)) {
      return rows(table, columns, after);
    }
    var read = SqliteLines.line(columns) + ", " + SourceQueries.read(columns, "%s");
    return new SqliteLines(query(table, read, after), columns, table.key().size());
  }

  private PreparedStatement query(TableCopy table, String read, List<String> after)
      throws SQLException {
    return connection.prepareStatement(SourceQueries.rows(table, read, String.join(", ", after)));
  }

  private boolean isUtf8() throws SQLException {
    try (var statement = connection.createStatement();
        var said = statement.executeQuery("PRAGMA encoding")) {
      return said.next() && said.getString(1).equals("UTF-8");
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
