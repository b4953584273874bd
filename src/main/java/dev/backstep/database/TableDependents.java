package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.ClearTable.Method;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What would not follow when a table is emptied.
 *
 * @param table with its schema
 * @param swapped what depends on the table itself, or its place among others: it would go on with
 *     the table that has the rows
 * @param copied what changes rows of other tables, or deletes them, when rows of this one go
 */
record TableDependents(String table, List<String> swapped, List<String> copied) {
  private static final String SWAPPED =
      """
      SELECT DISTINCT CASE WHEN r.ev_class <> t.oid
        THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
        ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_type y ON y.oid = t.reltype
      JOIN pg_catalog.pg_depend d ON d.deptype IN ('n', 'a')
        AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
          OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (y.oid, y.typarray))
      LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
      WHERE t.oid = ? AND NOT CASE d.classid
        WHEN 'pg_constraint'::regclass THEN EXISTS (
          SELECT FROM pg_catalog.pg_constraint c WHERE c.oid = d.objid AND c.conrelid = t.oid)
        WHEN 'pg_policy'::regclass THEN EXISTS (
          SELECT FROM pg_catalog.pg_policy p WHERE p.oid = d.objid AND p.polrelid = t.oid)
        WHEN 'pg_trigger'::regclass THEN EXISTS (
          SELECT FROM pg_catalog.pg_trigger g WHERE g.oid = d.objid AND g.tgrelid = t.oid)
        WHEN 'pg_attrdef'::regclass THEN EXISTS (
          SELECT FROM pg_catalog.pg_attrdef a WHERE a.oid = d.objid AND a.adrelid = t.oid)
        WHEN 'pg_statistic_ext'::regclass THEN true
        WHEN 'pg_class'::regclass THEN EXISTS (
          SELECT FROM pg_catalog.pg_class c WHERE c.oid = d.objid AND (c.oid = t.oid OR c.relkind IN ('i', 'S', 't')))
        ELSE false END
      UNION ALL
      SELECT 'its partitions' FROM pg_catalog.pg_class WHERE oid = ? AND relkind = 'p'
      UNION ALL
      SELECT 'its place as a part of ' || pg_describe_object('pg_class'::regclass, inhparent, 0)
      FROM pg_catalog.pg_inherits WHERE inhrelid = ?
      ORDER BY 1
      """;

  private static final String COPIED =
      """
      SELECT pg_describe_object('pg_constraint'::regclass, oid, 0) FROM pg_catalog.pg_constraint
      WHERE contype = 'f' AND confrelid = ? AND conrelid <> confrelid AND confdeltype IN ('c', 'n', 'd')
        AND conparentid = 0
      ORDER BY 1
      """;

  static TableDependents of(Connection connection, long oid) throws SQLException {
    return new TableDependents(
        table(connection, oid),
        asked(connection, SWAPPED, oid, oid, oid),
        asked(connection, COPIED, oid));
  }

  private static String table(Connection connection, long oid) throws SQLException {
    return asked(
            connection,
            "SELECT format('%I.%I', s.nspname, t.relname) FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace WHERE t.oid = ?",
            oid)
        .get(0);
  }

  private static List<String> asked(Connection connection, String sql, Long... oids)
      throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      for (var i = 0; i < oids.length; i++) {
        query.setLong(i + 1, oids[i]);
      }
      try (var found = query.executeQuery()) {
        List<String> names = new ArrayList<>();
        while (found.next()) {
          names.add(found.getString(1));
        }
        return names;
      }
    }
  }

  /** What keeps the table from being emptied so. */
  List<Problem> problems(Method method) {
    var names = method == Method.Swap ? swapped : copied;
    if (names.isEmpty()) {
      return List.of();
    }
    return List.of(
        method == Method.Swap
            ? new Problem(
                "TableNotSwapped",
                "A new table cannot take the place of table %s, because these would go on with the old one: %s. Set clear.table.method to Copy."
                    .formatted(table, TableClearBody.named(names)))
            : new Problem(
                "TableNotCopied",
                "Rows of table %s are not deleted, because that would delete or change rows of other tables, which are not kept: %s. Clear the queue by an action sql instead, with remember for each of the tables."
                    .formatted(table, TableClearBody.named(names))));
  }
}
