package dev.backstep.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;

/**
 * Asks a PostgreSQL in a pod of a shop as its superuser, as {@code psql -qAt} does, without a
 * process in the pod, which each time would cost more than the question.
 *
 * @param service it is reached by this one
 */
public record Psql(Shop shop, String service, String password) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Of a {@link PodDatabase}. */
  public static Psql of(Shop shop) {
    return new Psql(shop, "db", "secret");
  }

  /** What its database {@code shop} says. */
  public String says(String statements) {
    return says("shop", statements);
  }

  /** What a database says, a line for each row, as {@link #rows} has them. */
  public String says(String database, String statements) {
    return String.join("\n", rows(database, statements));
  }

  /** The rows that a database answers with, once it can be reached: | between their columns. */
  public List<String> rows(String database, String statements) {
    try (var connection =
            Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> connection(database), it -> true);
        var statement = connection.createStatement()) {
      return results(statement, statements);
    } catch (SQLException e) {
      throw new IllegalStateException(statements, e);
    }
  }

  private Connection connection(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:5432/%s".formatted(PodDatabase.address(shop, service), database),
        "shop",
        password);
  }

  private static List<String> results(Statement statement, String statements) throws SQLException {
    var said = new ArrayList<String>();
    var rows = statement.execute(statements);
    while (rows || statement.getUpdateCount() >= 0) {
      if (rows) {
        add(statement.getResultSet(), said);
      }
      rows = statement.getMoreResults();
    }
    return said;
  }

  private static void add(ResultSet rows, List<String> said) throws SQLException {
    while (rows.next()) {
      var columns = new ArrayList<String>();
      for (var i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        columns.add(Objects.requireNonNullElse(rows.getString(i), ""));
      }
      said.add(String.join("|", columns));
    }
  }
}
