package dev.backstep.resync;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks for every key of the source in the target. */
final class Comparison {
  private final Connection connection;
  private final Source source;

  /** Rows that are looked for at once. */
  private static final int AT_ONCE = 1000;

  Comparison(Connection connection, Source source) {
    this.connection = connection;
    this.source = source;
  }

  /**
   * Compares both sides.
   *
   * @return how many rows the target has beside those of the source
   * @throws ProblemException when it does not have all of the source's
   */
  long others(TableCopy table) throws SQLException, ProblemException {
    var keys = 0L;
    var found = 0L;
    var examples = new ArrayList<String>();
    try (var batches =
        new Batches(table.name(), source.rows(table, table.key(), List.of()), AT_ONCE)) {
      for (var batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
        var counted = counted(table, batch);
        keys += counted[0];
        found += counted[1];
        if (counted[0] > counted[1] && examples.isEmpty()) {
          examples.addAll(missing(table, batch));
        }
      }
    }
    if (found < keys) {
      throw missing(table, keys, found, examples);
    }
    return rows(table) - found;
  }

  private static ProblemException missing(
      TableCopy table, long keys, long found, List<String> examples) {
    return new ProblemException(
        new Problem(
            "RowsMissing",
            String.format(
                Locale.ROOT,
                "Of %,d keys of table %s that were copied, the target has %,d: without %s. A trigger, a policy or somebody else takes them away; look for that, and re-sync again.",
                keys,
                table.name(),
                found,
                String.join(", ", examples))));
  }

  private long[] counted(TableCopy table, Batch batch) throws SQLException {
    try (var query = connection.prepareStatement(table.found())) {
      batch.bind(query, table.key().size());
      try (var row = query.executeQuery()) {
        row.next();
        return new long[] {row.getLong(1), row.getLong(2)};
      }
    }
  }

  private List<String> missing(TableCopy table, Batch batch) throws SQLException {
    try (var query = connection.prepareStatement(table.missing())) {
      batch.bind(query, table.key().size());
      try (var rows = query.executeQuery()) {
        var missing = new ArrayList<String>();
        while (rows.next()) {
          missing.add(rows.getString(1));
        }
        return missing;
      }
    }
  }

  private long rows(TableCopy table) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM " + table.target().quoted())) {
      row.next();
      return row.getLong(1);
    }
  }
}
