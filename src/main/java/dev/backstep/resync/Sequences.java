package dev.backstep.resync;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Sequences that number new rows: they must not give out numbers that copied rows have. */
final class Sequences {
  private static final String OWNED = "SELECT pg_catalog.pg_get_serial_sequence(?, ?)";

  /** Only forward; and a number that was given to nobody yet is given to the copied row. */
  private static final String MOVE =
      "SELECT pg_catalog.setval('%1$s', max(t.%2$s)) FROM %3$s t, %1$s s HAVING max(t.%2$s) >= max(s.last_value)";

  private final Connection connection;

  Sequences(Connection connection) {
    this.connection = connection;
  }

  /** Moves on those that number rows of this table. */
  void moveOn(TableCopy table) throws SQLException {
    for (var column : table.columns()) {
      var sequence = owned(table.target(), column.target());
      if (sequence.isPresent()) {
        execute(
            MOVE.formatted(
                sequence.get().replace("'", "''"),
                column.target().quoted(),
                table.target().quoted()));
      }
    }
  }

  private Optional<String> owned(TargetTable table, TargetColumn column) throws SQLException {
    try (var query = connection.prepareStatement(OWNED)) {
      query.setString(1, table.quoted());
      query.setString(2, column.name());
      try (var found = query.executeQuery()) {
        found.next();
        return Optional.ofNullable(found.getString(1));
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
