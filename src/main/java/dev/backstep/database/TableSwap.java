package dev.backstep.database;

import dev.backstep.database.TableParts.Part;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A new empty table in the place of another one, which keeps its rows under the name of a backup.
 * The new one is made part by part as the old one was; if it is not the same in the end, nothing of
 * it stays.
 */
final class TableSwap {
  private static final String RENAME =
      "SELECT format('ALTER TABLE %s RENAME TO %I', oid::regclass, (parse_ident(?::text))[2]) FROM pg_catalog.pg_class WHERE oid = ?";

  /** Names that a schema has only once go with the rows, so that the new table can have them. */
  private static final String RENAMES =
      """
      WITH old AS (
        SELECT i.indexrelid AS oid, 'INDEX' AS kind FROM pg_catalog.pg_index i WHERE i.indrelid = ?
        UNION ALL
        SELECT d.objid, 'SEQUENCE' FROM pg_catalog.pg_depend d
        WHERE d.refobjid = ? AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
          AND d.refclassid = 'pg_class'::regclass
          AND EXISTS (SELECT FROM pg_catalog.pg_sequence q WHERE q.seqrelid = d.objid))
      SELECT format('ALTER %s %s RENAME TO %I', kind, old.oid::regclass,
        format('%s_bs%s_%s', left(c.relname, 36), row_number() OVER (ORDER BY old.oid), ?::text))
      FROM old JOIN pg_catalog.pg_class c ON c.oid = old.oid
      UNION ALL
      SELECT format('ALTER STATISTICS %I.%I RENAME TO %I', s.nspname, x.stxname,
        format('%s_bs%s_%s', left(x.stxname, 36), row_number() OVER (ORDER BY x.oid), ?::text))
      FROM pg_catalog.pg_statistic_ext x JOIN pg_catalog.pg_namespace s ON s.oid = x.stxnamespace
      WHERE x.stxrelid = ?
      """;

  private static final String CREATE =
      """
      SELECT format('CREATE %s TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS) USING %I%s',
        CASE t.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, ?::text, t.oid::regclass, m.amname,
        coalesce(' TABLESPACE ' || quote_ident(s.spcname), ''))
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_am m ON m.oid = t.relam
      LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = t.reltablespace WHERE t.oid = ?
      """;

  private static final String FOREIGN_KEYS =
      "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_catalog.pg_constraint WHERE conrelid = ? AND contype = 'f'";

  private static final String REVOKES =
      """
      SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', oid::regclass,
        CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
      FROM pg_catalog.pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
      WHERE oid = to_regclass(?)
      """;

  private final Connection connection;
  private final TableClearing effect;

  TableSwap(Connection connection, TableClearing effect) {
    this.connection = connection;
    this.effect = effect;
  }

  /** Swaps the tables; who waits for the lock goes on with the new one. */
  void done() throws SQLException, NotDoneException {
    var before = TableParts.of(connection, effect.oid());
    var identities = TableIdentities.of(connection, effect.oid());
    execute(asked(RENAME, effect.backup(), effect.oid()).get(0));
    renameAway();
    var create = asked(CREATE, effect.table(), effect.oid()).get(0);
    execute(create);
    identities.goOn(connection, effect.table());
    makeParts(before);
    check(before);
    for (var drop : asked(FOREIGN_KEYS, effect.oid())) {
      execute(drop);
    }
  }

  private void renameAway() throws SQLException {
    var time = ClearTables.time(effect.taken());
    for (var rename : asked(RENAMES, effect.oid(), effect.oid(), time, time, effect.oid())) {
      execute(rename);
    }
  }

  private void makeParts(TableParts before) throws SQLException {
    for (var part : before.parts()) {
      if (!part.copied() && !isGrant(part)) {
        execute(part.ddl());
      }
    }
    var grants = grants(before);
    if (!grants(now()).equals(grants)) {
      for (var revoke : asked(REVOKES, effect.table())) {
        execute(revoke);
      }
      for (var grant : grants) {
        execute(grant.ddl());
      }
    }
  }

  private static boolean isGrant(Part part) {
    return part.name().equals("grants");
  }

  private static List<Part> grants(TableParts parts) {
    return parts.parts().stream().filter(TableSwap::isGrant).toList();
  }

  private void check(TableParts before) throws SQLException, NotDoneException {
    var differences = before.differences(now());
    if (!differences.isEmpty()) {
      throw NotDoneException.failed(
          "NotTheSame",
          "A new table would not be as %s is, so all was rolled back: it would have another %s. Set clear.table.method to Copy."
              .formatted(effect.table(), String.join(", ", differences)));
    }
  }

  private TableParts now() throws SQLException {
    return TableParts.of(
        connection, LiveTable.found(connection, effect.table()).orElseThrow().oid());
  }

  private void execute(String ddl) throws SQLException {
    CatalogKind.execute(connection, ddl);
  }

  private List<String> asked(String query, Object... binds) throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      for (var i = 0; i < binds.length; i++) {
        statement.setObject(i + 1, binds[i]);
      }
      try (var found = statement.executeQuery()) {
        List<String> texts = new ArrayList<>();
        while (found.next()) {
          texts.add(found.getString(1));
        }
        return texts;
      }
    }
  }
}
