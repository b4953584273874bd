package dev.backstep.database;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The SQL of an update in batches. Names come from the database's catalogue, already quoted;
 * conditions and expressions are a user's. What is ours beside them begins with {@code bs_}, so
 * that a column may have any other name.
 *
 * @param table whose rows they are
 * @param where the condition
 * @param set what is assigned, column by column
 */
record BatchTexts(RememberedTable table, String where, String set) {
  /** The texts of an effect. */
  static BatchTexts of(BatchedUpdate effect, RememberedTable table) throws NotDoneException {
    return new BatchTexts(table, expression("where", effect.where()), set(effect.set(), table));
  }

  /** What is assigned, column by column. */
  static String set(Map<String, String> set, RememberedTable table) throws NotDoneException {
    var assigned = new StringBuilder();
    for (var one : set.entrySet()) {
      assigned
          .append(assigned.isEmpty() ? "" : ", ")
          .append(table.quoted(one.getKey()))
          .append(" = (")
          .append(expression("set.%s".formatted(one.getKey()), one.getValue()))
          .append("\n)");
    }
    return assigned.toString();
  }

  /**
   * A user's expression, as JDBC wants it.
   *
   * @throws NotDoneException when it is more than one
   */
  static String expression(String field, String sql) throws NotDoneException {
    var script = Script.ofExpression(sql);
    script.check(Set.of());
    if (script.statements().size() != 1) {
      throw NotDoneException.failed(
          "ExpressionInvalid",
          "%s is not one SQL expression: %s. Take the semicolon out.".formatted(field, sql));
    }
    return script.statements().get(0).text();
  }

  /** Where the rows are that are to be set; the bind variable is how many at most. */
  String places() {
    return "SELECT ctid FROM %s WHERE (%s\n) LIMIT ?".formatted(table.name(), where);
  }

  /** Which rows are to be set, to be explained. */
  String which() {
    return "SELECT FROM %s WHERE (%s\n)".formatted(table.name(), where);
  }

  /** How many rows are to be set; the bind variable is how many at most. */
  String count() {
    return "SELECT count(*) FROM (SELECT FROM %s WHERE (%s\n) LIMIT ?) AS bs_some"
        .formatted(table.name(), where);
  }

  /** One row that is to be set and that nobody has locked. */
  String free() {
    return "SELECT 1 FROM %s WHERE (%s\n) LIMIT 1 FOR UPDATE SKIP LOCKED"
        .formatted(table.name(), where);
  }

  /**
   * One row that is to be set although it was set and remembered before; the bind variable is what
   * the marks of those effects begin with.
   */
  String setBack() {
    return """
        SELECT 1 FROM (SELECT * FROM %s WHERE (%s
        )) AS t WHERE EXISTS (SELECT FROM backstep.remembered r
          WHERE starts_with(r.mark, ?) AND r.table_name = %s AND %s) LIMIT 1
        """
        .formatted(table.name(), where, table.literal(), table.sameKey());
  }

  /** All of it in one statement, to be explained. */
  String update() {
    return "UPDATE %s SET %s WHERE (%s\n)".formatted(table.name(), set, where);
  }

  /**
   * Sets the rows at these places, but for those that somebody has locked. Says how many were
   * locked for it, how many were set, and of how many the condition is still true. The bind
   * variables are the places, twice.
   *
   * @param kept what is done with the rows, as a part of a WITH; empty: nothing
   */
  private String batch(String kept) {
    return """
        WITH bs_some AS MATERIALIZED (
          SELECT ctid AS bs_ctid, tableoid AS bs_table, %2$s AS bs_key, %3$s AS bs_before
          FROM %1$s WHERE ctid = ANY (?::tid[]) AND (%4$s
          ) FOR UPDATE SKIP LOCKED),
        bs_set AS (
          UPDATE %1$s SET %5$s FROM bs_some
          WHERE %1$s.ctid = ANY (?::tid[]) AND %1$s.ctid = bs_ctid AND %1$s.tableoid = bs_table
          RETURNING bs_key, bs_before, %6$s AS bs_after, (%4$s
          ) AS bs_still)%7$s
        SELECT (SELECT count(*) FROM bs_some), count(*), count(*) FILTER (WHERE bs_still) FROM bs_set
        """
        .formatted(
            table.name(),
            table.keyJson(""),
            table.keptJson(""),
            where,
            set,
            table.keptJson(table.name() + "."),
            kept);
  }

  /** As {@link #batch}; forgets which rows these are. */
  String batch() {
    return batch("");
  }

  /** As {@link #batch}; two more bind variables are mark and part. */
  String keptBatch() {
    return batch(
        """
        ,
        bs_kept AS (
          INSERT INTO backstep.remembered (mark, part, table_name, key, before, after)
          SELECT ?, ?, %s, bs_key, bs_before, bs_after FROM bs_set)"""
            .formatted(table.literal()));
  }

  /** Columns that an effect sets, for people. */
  static String shown(Map<String, String> set) {
    return set.entrySet().stream()
        .map(it -> "%s = %s".formatted(it.getKey(), it.getValue()))
        .collect(Collectors.joining(", "));
  }
}
