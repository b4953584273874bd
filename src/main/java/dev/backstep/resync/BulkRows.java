package dev.backstep.resync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * Writes rows into a table of the target that has none but those that were copied, in the
 * transaction that is open: by COPY, which is several times as fast as anything that looks for a
 * row with the same key. Whatever it refuses, {@link Upserts} overcome, or know the row.
 */
final class BulkRows {
  /** Nobody waits for rows that nobody else has seen. */
  static final int AT_ONCE = 10_000;

  /** As such, PostgreSQL would drop the time zone that a text names. */
  private static final String WITHOUT_ZONE = "timestamp";

  private final Connection connection;
  private final TableCopy table;
  private final String copy;

  BulkRows(Connection connection, TableCopy table) {
    this.connection = connection;
    this.table = table;
    this.copy =
        "COPY %s (%s) FROM STDIN"
            .formatted(
                table.target().quoted(),
                table.columns().stream()
                    .map(column -> column.target().quoted())
                    .collect(Collectors.joining(", ")));
  }

  /**
   * True when the table has as many rows as were copied, and its columns read the texts as upserts
   * would.
   */
  boolean fit(long copied) throws SQLException {
    return table.columns().stream().noneMatch(it -> it.target().base().equals(WITHOUT_ZONE))
        && table.rows(connection) == copied;
  }

  /**
   * Writes a batch.
   *
   * @return how many rows were written
   */
  int write(Batch<CopyText> batch) throws SQLException {
    try (var text = batch.rows().stream()) {
      return Math.toIntExact(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy, text));
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be read", e);
    }
  }
}
