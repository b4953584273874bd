package dev.backstep.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A SQLite file, as an application would write it. */
public final class TestFile {
  private final Path path;

  public TestFile(Path folder) {
    this.path = folder.resolve("shop.sqlite");
  }

  public Path path() {
    return path;
  }

  /** A connection of the application. */
  public Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + path);
  }

  public TestFile has(String... statements) {
    try (var connection = connection()) {
      execute(connection, statements);
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void execute(Connection connection, String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /**
   * Rows of a table that was made before.
   *
   * @param values of each, where n is its number from 1
   */
  public TestFile hasRows(String table, int count, String values) {
    return has(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT %d) INSERT INTO %s SELECT %s FROM numbers"
            .formatted(count, table, values));
  }
}
