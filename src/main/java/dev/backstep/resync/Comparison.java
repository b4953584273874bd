package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Looks for every key of the source in the target. */
final class Comparison {
  private final Connection connection;
  private final Source source;

  /** Rows that are looked for at once. */
  private static final int AT_ONCE = 5000;

  Comparison(Connection connection, Source source) {
    this.connection = connection;
    this.source = source;
  }

  /**
   * Compares both sides.
   *
   * @param total keys that the source has
   * @return how many rows the target has beside those of the source
   * @throws ProblemException when it does not have all of the source's
   */
  long others(TableCopy table, long total) throws SQLException, ProblemException {
    var keys = 0L;
    var found = 0L;
    var missing = new Missing(0, List.of());
    try (var batches =
        new Batches<>(
            table,
            source.bulk(table, table.key(), List.of()),
            total,
            AT_ONCE,
            () -> new KeyArrays(table.key().size()))) {
      for (var batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
        var there = found(table, batch.rows());
        keys += batch.size();
        found += there;
        // Fewer rows than keys: one is missing, or two are the same for PostgreSQL.
        missing = there < batch.size() ? missing.and(missing(table, batch.rows())) : missing;
      }
    }
    if (missing.count() > 0) {
      throw missing.of(table, keys);
    }
    return Math.max(0, table.rows(connection) - found);
  }

  /** Keys that the target does not have, and the first of them. */
  private record Missing(long count, List<String> examples) {
    Missing and(Missing more) {
      return new Missing(count + more.count, examples.isEmpty() ? more.examples : examples);
    }

    ProblemException of(TableCopy table, long keys) {
      return new ProblemException(
          new Problem(
              "RowsMissing",
              String.format(
                  Locale.ROOT,
                  "Of %,d keys of table %s that were copied, the target has %,d: without %s. A trigger, a policy or somebody else takes them away; look for that, and re-sync again.",
                  keys,
                  table.name(),
                  keys - count,
                  String.join(", ", examples))));
    }
  }

  private long found(TableCopy table, KeyArrays keys) throws SQLException {
    return table.key().size() == 1 && asked(table.same(), table, keys, row -> row.getBoolean(1))
        ? keys.size()
        : asked(table.found(), table, keys, row -> row.getLong(1));
  }

  private Missing missing(TableCopy table, KeyArrays keys) throws SQLException {
    return asked(
        table.missing(),
        table,
        keys,
        row ->
            row.getLong(1) == 0
                ? new Missing(0, List.of())
                : new Missing(row.getLong(1), List.of((String[]) row.getArray(2).getArray())));
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> T asked(String sql, TableCopy table, KeyArrays keys, Reading<T> reading)
      throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      keys.bind(query);
      try (var row = query.executeQuery()) {
        row.next();
        return reading.of(row);
      }
    }
  }
}
