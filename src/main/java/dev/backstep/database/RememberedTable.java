package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table whose rows are remembered, and the SQL that keeps them and writes them back. All names in
 * it come from the database's catalogue, already quoted; the bind variables are mark and part.
 *
 * @param name with its schema
 * @param key columns that say which row it is
 * @param kept columns whose values are kept
 * @param others columns that are not kept, and could be
 */
record RememberedTable(String name, List<Column> key, List<Column> kept, List<String> others) {
  private static final String TABLE =
      """
      SELECT format('%I.%I', s.nspname, t.relname), t.oid FROM pg_catalog.pg_class t
      JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = to_regclass(?) AND t.relkind IN ('r', 'p')
      """;

  private static final String COLUMNS =
      """
      SELECT attname, quote_ident(attname), quote_literal(attname), format_type(atttypid, atttypmod)
      FROM pg_catalog.pg_attribute
      WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      ORDER BY attnum
      """;

  private static final String OF_THE_EFFECT = "r.mark = ? AND r.part = ?";

  /**
   * A column.
   *
   * @param quoted its name as SQL knows it
   * @param literal its name as a string in SQL
   */
  record Column(String name, String quoted, String literal, String type) {
    /** What is remembered of it in r.before, r.after or r.key. */
    private String in(String json) {
      return "(r.%s->>%s)::%s".formatted(json, literal, type);
    }
  }

  /**
   * Finds the table.
   *
   * @throws NotDoneException when it or a column does not exist, or it is not the user's
   */
  static RememberedTable of(Connection connection, Sql.Remember remember)
      throws SQLException, NotDoneException {
    try (var query = connection.prepareStatement(TABLE)) {
      query.setString(1, remember.table());
      try (var found = query.executeQuery()) {
        if (!found.next()) {
          throw missing("table %s".formatted(remember.table()));
        }
        var name = found.getString(1);
        var own = OwnRecord.problem(name);
        if (own.isPresent()) {
          throw NotDoneException.failed(own.get().reason(), own.get().message());
        }
        return withColumns(remember, name, columns(connection, found.getLong(2)));
      }
    } catch (SQLException e) {
      if (SqlErrors.isOfText(e)) {
        throw missing("table %s".formatted(remember.table()));
      }
      throw e;
    }
  }

  private static RememberedTable withColumns(Sql.Remember remember, String name, List<Column> all)
      throws NotDoneException {
    var key = named(remember.key(), all, name);
    var kept = named(remember.columns(), all, name);
    var others =
        all.stream()
            .filter(it -> !key.contains(it) && !kept.contains(it))
            .map(Column::name)
            .toList();
    return new RememberedTable(name, key, kept, others);
  }

  private static List<Column> columns(Connection connection, long table) throws SQLException {
    try (var query = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, table);
      try (var found = query.executeQuery()) {
        List<Column> columns = new ArrayList<>();
        while (found.next()) {
          columns.add(
              new Column(
                  found.getString(1), found.getString(2), found.getString(3), found.getString(4)));
        }
        return columns;
      }
    }
  }

  private static List<Column> named(List<String> names, List<Column> all, String table)
      throws NotDoneException {
    List<Column> columns = new ArrayList<>();
    for (var name : names) {
      columns.add(
          all.stream()
              .filter(it -> it.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () -> missing("column %s of table %s that could be set".formatted(name, table))));
    }
    return columns;
  }

  private static NotDoneException missing(String what) {
    return NotDoneException.failed(
        "RememberInvalid", "remember names what does not exist: %s. Correct it.".formatted(what));
  }

  /** A column's name as SQL knows it; one of those that are kept, or another of the table. */
  String quoted(String column) {
    return kept.stream()
        .filter(it -> it.name().equals(column))
        .map(Column::quoted)
        .findFirst()
        .orElseGet(() -> "\"%s\"".formatted(column.replace("\"", "\"\"")));
  }

  /** The table's name as a string in SQL. */
  String literal() {
    return "'%s'".formatted(name.replace("'", "''"));
  }

  /** The key of a row as it is remembered. */
  String keyJson(String table) {
    return json(key, table);
  }

  /** The values of a row as they are remembered. */
  String keptJson(String table) {
    return json(kept, table);
  }

  /** Rows as they are: mark, part, table, key and values; a third bind variable is the table. */
  String selectBefore(String condition) {
    return "SELECT ?, ?, ?, %s, %s FROM %s WHERE (%s\n) FOR UPDATE"
        .formatted(json(key, ""), json(kept, ""), name, condition);
  }

  /** Rows as they are now that the effect was there. */
  String updateAfter() {
    return "UPDATE backstep.remembered r SET after = %s FROM %s t WHERE %s AND %s"
        .formatted(json(kept, "t."), name, OF_THE_EFFECT, sameKey());
  }

  /** Keeps others from changing the rows that are about to be written back. */
  String lock() {
    return "SELECT 1 FROM backstep.remembered r JOIN %s t ON %s WHERE %s FOR UPDATE OF t"
        .formatted(name, sameKey(), OF_THE_EFFECT);
  }

  /** Keys and numbers of rows that are neither as the effect left them nor as they were before. */
  String drifted() {
    return """
        SELECT (SELECT string_agg(column_name || '=' || value, ', ')
          FROM jsonb_each_text(r.key) AS k (column_name, value)), r.number
        FROM backstep.remembered r LEFT JOIN %s t ON %s
        WHERE %s AND NOT CASE WHEN t.ctid IS NULL THEN r.after IS NULL
          ELSE (%s) OR (r.after IS NOT NULL AND %s) END
        ORDER BY r.number
        """
        .formatted(name, sameKey(), OF_THE_EFFECT, same("before"), same("after"));
  }

  String updateBack() {
    var set =
        kept.stream()
            .map(it -> "%s = %s".formatted(it.quoted(), it.in("before")))
            .collect(Collectors.joining(", "));
    return "UPDATE %s t SET %s FROM backstep.remembered r WHERE %s AND r.after IS NOT NULL AND %s AND %s"
        .formatted(name, set, OF_THE_EFFECT, sameKey(), same("after"));
  }

  /**
   * Sets rows that are as the effect left them.
   *
   * @param set what is assigned, in terms of the table's columns
   */
  String updateTo(String set) {
    return """
        WITH bs_some AS MATERIALIZED (
          SELECT t.ctid AS bs_ctid, t.tableoid AS bs_table FROM backstep.remembered r JOIN %2$s t ON %3$s
          WHERE %1$s AND %4$s)
        UPDATE %2$s SET %5$s FROM bs_some
        WHERE %2$s.ctid = bs_ctid AND %2$s.tableoid = bs_table
        """
        .formatted(OF_THE_EFFECT, name, sameKey(), same("after"), set);
  }

  /** Rows that the effect deleted, where there is none with the same key again. */
  String insertBack() {
    var values = kept.stream().filter(it -> !key.contains(it)).toList();
    return """
        INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM backstep.remembered r
        WHERE %s AND r.after IS NULL AND NOT EXISTS (SELECT FROM %s t WHERE %s)
        """
        .formatted(
            name,
            joined(Stream.concat(key.stream(), values.stream()), Column::quoted),
            joined(
                Stream.concat(
                    key.stream().map(it -> it.in("key")),
                    values.stream().map(it -> it.in("before"))),
                Function.identity()),
            OF_THE_EFFECT,
            name,
            sameKey());
  }

  private static <T> String joined(Stream<T> parts, Function<T, String> text) {
    return parts.map(text).collect(Collectors.joining(", "));
  }

  /** Values as text, by column. */
  private static String json(List<Column> columns, String table) {
    return "jsonb_object(ARRAY[%s], ARRAY[%s])"
        .formatted(
            joined(columns.stream(), Column::literal),
            joined(columns.stream(), it -> table + it.quoted() + "::text"));
  }

  /** True for a row of the table, t, and what is remembered of it, r. */
  String sameKey() {
    return key.stream()
        .map(it -> "t.%s = %s".formatted(it.quoted(), it.in("key")))
        .collect(Collectors.joining(" AND "));
  }

  private String same(String json) {
    return kept.stream()
        .map(it -> "t.%s::text IS NOT DISTINCT FROM %s::text".formatted(it.quoted(), it.in(json)))
        .collect(Collectors.joining(" AND "));
  }
}
