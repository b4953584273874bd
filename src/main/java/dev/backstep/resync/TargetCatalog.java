package dev.backstep.resync;

import dev.backstep.database.OwnRecord;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the catalogue of the target says about its tables. */
final class TargetCatalog {
  private static final String TABLE =
      """
      SELECT t.oid, pg_catalog.format('%I.%I', s.nspname, t.relname)
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = pg_catalog.to_regclass(?) AND t.relkind IN ('r', 'p')
      """;

  private static final String COLUMNS =
      """
      WITH RECURSIVE base (type, below) AS (
        SELECT oid, oid FROM pg_catalog.pg_type WHERE typtype <> 'd'
        UNION ALL
        SELECT d.oid, b.below FROM pg_catalog.pg_type d JOIN base b ON b.type = d.typbasetype
        WHERE d.typtype = 'd')
      SELECT a.attname, pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, -1),
        t.typname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attidentity = 'a',
        a.attgenerated <> ''
      FROM pg_catalog.pg_attribute a JOIN base b ON b.type = a.atttypid
      JOIN pg_catalog.pg_type t ON t.oid = b.below
      WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """;

  /** Those that ON CONFLICT takes: whole, at once, and of plain columns. */
  private static final String UNIQUE =
      """
      SELECT pg_catalog.array_agg(a.attname::text) FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
        AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
      WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL
      GROUP BY i.indexrelid
      """;

  private static final String PARENTS =
      """
      SELECT confrelid FROM pg_catalog.pg_constraint
      WHERE conrelid = ? AND contype = 'f' AND confrelid <> conrelid
      """;

  private final Connection connection;

  TargetCatalog(Connection connection) {
    this.connection = connection;
  }

  /** A table that is copied, and its key. */
  record Keyed(TargetTable table, List<String> key) {}

  /**
   * These tables in the order in which they are copied.
   *
   * @throws ProblemException when there is no such order, or one of them cannot be copied at all
   */
  List<Keyed> ordered(List<ResyncTask.Table> tables) throws SQLException, ProblemException {
    var keys = new LinkedHashMap<TargetTable, List<String>>();
    for (var table : tables) {
      var found = table(table.name()).orElseThrow(() -> absent(table.name(), "target"));
      var own = OwnRecord.problem(found.quoted());
      if (own.isPresent()) {
        throw new ProblemException(own.get());
      }
      found.checkKey(table.key());
      keys.put(found, table.key());
    }
    return TableOrder.of(List.copyOf(keys.keySet())).stream()
        .map(table -> new Keyed(table, keys.get(table)))
        .toList();
  }

  static ProblemException absent(String table, String side) {
    return new ProblemException(
        new Problem(
            "TableMissing",
            "The %s has no table %s. Correct the list of tables, or bring both sides to the same schema."
                .formatted(side, table)));
  }

  /** A table; empty: there is none of that name. */
  Optional<TargetTable> table(String name) throws SQLException {
    try (var query = connection.prepareStatement(TABLE)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        return found.next()
            ? Optional.of(table(found.getLong(1), name, found.getString(2)))
            : Optional.empty();
      }
    }
  }

  private TargetTable table(long oid, String name, String quoted) throws SQLException {
    return new TargetTable(
        oid,
        name,
        quoted,
        all(COLUMNS, oid, TargetCatalog::column),
        all(UNIQUE, oid, row -> Set.of((String[]) row.getArray(1).getArray())),
        new HashSet<>(all(PARENTS, oid, row -> row.getLong(1))));
  }

  private static TargetColumn column(ResultSet row) throws SQLException {
    return new TargetColumn(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getBoolean(5),
        row.getBoolean(6),
        row.getBoolean(7));
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> List<T> all(String sql, long table, Reading<T> reading) throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      query.setLong(1, table);
      try (var rows = query.executeQuery()) {
        var all = new ArrayList<T>();
        while (rows.next()) {
          all.add(reading.of(rows));
        }
        return all;
      }
    }
  }
}
