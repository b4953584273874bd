package dev.backstep.resync;

import dev.backstep.database.SqlErrors;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;

/** Writes the rows of a table into the target, in the transaction that is open. */
final class Upserts implements AutoCloseable {
  /** ON CONFLICT met a row that it had written itself. */
  private static final String TWICE = "21000";

  private final Connection connection;
  private final TableCopy table;
  private final PreparedStatement upsert;

  Upserts(Connection connection, TableCopy table) throws SQLException {
    this.connection = connection;
    this.table = table;
    this.upsert = connection.prepareStatement(table.upsert());
  }

  /**
   * Writes a batch with one statement.
   *
   * @return how many rows were not there, or not like this
   * @throws ProblemException when the target refuses a row: which one, and why
   */
  int write(Batch<RowValues> batch) throws SQLException, ProblemException {
    try {
      return write(upsert, batch.rows());
    } catch (SQLException e) {
      if (TWICE.equals(e.getSQLState())) {
        return writeLast(batch.rows());
      }
      if (Failures.isOfRows(e)) {
        connection.rollback();
        refused(batch.rows());
      }
      throw e;
    }
  }

  private int write(PreparedStatement statement, RowValues rows) throws SQLException {
    rows.bind(statement, table.columns().size());
    return statement.executeUpdate();
  }

  private int writeLast(RowValues rows) throws SQLException {
    connection.rollback();
    try (var statement = connection.prepareStatement(table.upsertLast())) {
      return write(statement, rows);
    }
  }

  /** PostgreSQL does not say which row it was, so each is tried. Nothing of it is kept. */
  private void refused(RowValues rows) throws SQLException, ProblemException {
    for (var row : rows.rows()) {
      try {
        write(upsert, RowValues.of(row));
      } catch (SQLException e) {
        connection.rollback();
        if (Failures.isOfRows(e)) {
          throw refused(row, e);
        }
        throw e;
      }
    }
    connection.rollback();
  }

  private ProblemException refused(String[] row, SQLException e) {
    return new ProblemException(
        new Problem(
            "RowRefused",
            "The target refuses row %s of table %s: %s What was copied before stays. Correct the row at the source, or what refuses it."
                .formatted(
                    String.join("/", Arrays.copyOf(row, table.key().size())),
                    table.name(),
                    SqlErrors.said(e, Map.of()))));
  }

  @Override
  public void close() throws SQLException {
    upsert.close();
  }
}
