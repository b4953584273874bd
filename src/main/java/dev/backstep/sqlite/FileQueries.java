package dev.backstep.sqlite;

import dev.backstep.database.QueryAnswer;
import dev.cel.common.values.NullValue;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * Asks a SQLite file, and writes nothing. What is in the file may be anybody's: its views get no
 * functions that do more than calculate, and no other file is opened beside it.
 */
final class FileQueries implements AutoCloseable {
  private static final int MOST_ROWS = 100;
  private static final int LIMIT_SECONDS = 300;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Connection connection;

  private FileQueries(Connection connection) {
    this.connection = connection;
  }

  /** A file that nobody else has open: nothing is made beside it. */
  static FileQueries ofUnused(Path file) throws SQLException {
    return new FileQueries(connection("jdbc:sqlite:file://%s?immutable=1".formatted(file)));
  }

  /**
   * A file that applications may have open. Who reads one that keeps a log makes files beside it;
   * where there are none, nobody has it open.
   */
  static FileQueries of(Path file) throws SQLException, IOException {
    return Companions.of(file).isEmpty() && LogHeader.keepsLog(file)
        ? ofUnused(file)
        : new FileQueries(connection("jdbc:sqlite:file://%s".formatted(file)));
  }

  private static Connection connection(String url) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) PATIENCE.toMillis());
    var connection = config.createConnection(url);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA trusted_schema = OFF");
      statement.execute("PRAGMA cell_size_check = ON");
      connection.unwrap(SQLiteConnection.class).setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** First column of the first row, as text. */
  String first(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      return found.next() ? String.valueOf(found.getString(1)) : "";
    }
  }

  /** First column of all rows, as text. */
  List<String> column(String sql) throws SQLException {
    var column = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      while (found.next()) {
        column.add(found.getString(1));
      }
    }
    return column;
  }

  /** What it answers. */
  QueryAnswer ask(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setQueryTimeout(LIMIT_SECONDS);
      statement.setMaxRows(MOST_ROWS);
      try (var found = statement.executeQuery(sql)) {
        return answer(found);
      }
    }
  }

  private static QueryAnswer answer(ResultSet found) throws SQLException {
    var columns = found.getMetaData();
    var rows = new ArrayList<Map<String, Object>>();
    while (found.next()) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (var at = 1; at <= columns.getColumnCount(); at++) {
        row.put(columns.getColumnLabel(at), value(found.getObject(at)));
      }
      rows.add(row);
    }
    var value = rows.isEmpty() ? NullValue.NULL_VALUE : rows.get(0).values().iterator().next();
    return new QueryAnswer(value, List.copyOf(rows));
  }

  /** As conditions know it: whole numbers, other numbers, and text. */
  private static Object value(Object read) {
    if (read == null) {
      return NullValue.NULL_VALUE;
    }
    if (read instanceof Integer number) {
      return number.longValue();
    }
    return read instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : read;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
