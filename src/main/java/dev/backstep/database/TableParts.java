package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that makes a table what it is, but for its rows: each part by the DDL that makes it,
 * in the order in which a new table gets them.
 */
record TableParts(List<Part> parts) {
  /**
   * One of them.
   *
   * @param copied true: the new table has it from {@code LIKE}
   * @param name as people call it
   * @param ddl what makes it; of what is copied, only what it is
   */
  record Part(boolean copied, String name, String ddl) {}

  private static final String PARTS =
      """
      WITH t AS (
        SELECT c.*, format('%I.%I', s.nspname, c.relname) AS named
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
        WHERE c.oid = ?),
      col AS (
        SELECT a.*, t.named FROM pg_catalog.pg_attribute a JOIN t ON t.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped),
      con AS (
        SELECT c.*, t.named, pg_get_constraintdef(c.oid) AS def
        FROM pg_catalog.pg_constraint c JOIN t ON t.oid = c.conrelid),
      ind AS (
        SELECT i.*, t.named, i.indexrelid::regclass::text AS ind, c.relname AS bare, EXISTS (
          SELECT FROM con WHERE con.conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS of_con
        FROM pg_catalog.pg_index i JOIN t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid),
      trg AS (
        SELECT g.*, t.named FROM pg_catalog.pg_trigger g JOIN t ON t.oid = g.tgrelid
        WHERE NOT g.tgisinternal),
      pol AS (
        SELECT p.*, t.named FROM pg_catalog.pg_policy p JOIN t ON t.oid = p.polrelid),
      seq AS (
        SELECT q.*, d.deptype, a.attname, t.named, d.objid::regclass::text AS seq
        FROM pg_catalog.pg_depend d JOIN t ON t.oid = d.refobjid
        JOIN pg_catalog.pg_sequence q ON q.seqrelid = d.objid
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass),
      part (rank, copied, name, ddl) AS (
        SELECT 1, true, 'the table itself', format('%s %s %s %s', t.relpersistence, m.amname,
          coalesce(s.spcname, ''), t.reloftype::regtype)
        FROM t LEFT JOIN pg_catalog.pg_am m ON m.oid = t.relam
        LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = t.reltablespace
        UNION ALL
        SELECT 2, true, 'column ' || attname, format('%s. %I %s %s %s %s %s %s %s %s',
          row_number() OVER (ORDER BY attnum), attname, format_type(atttypid, atttypmod),
          attnotnull, attidentity, attgenerated, attstorage, attcompression, attcollation::regcollation,
          (SELECT pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef
            WHERE adrelid = attrelid AND adnum = attnum))
        FROM col
        UNION ALL
        SELECT 3, true, 'identity of ' || attname, format('%s %s %s %s %s %s %s %s', seq,
          seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
        FROM seq WHERE deptype = 'i'
        UNION ALL
        SELECT 4, true, 'constraint ' || conname, replace(def, ' NOT VALID', '')
        FROM con WHERE contype = 'c'
        UNION ALL
        SELECT 5, false, 'statistics of ' || attname,
          format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', named, attname, attstattarget)
        FROM col WHERE attstattarget >= 0
        UNION ALL
        SELECT 6, false, 'options of ' || attname,
          format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', named, attname, array_to_string(attoptions, ', '))
        FROM col WHERE attoptions IS NOT NULL
        UNION ALL
        SELECT 7, false, 'storage parameters', format('ALTER TABLE %s SET (%s)', named, (
          SELECT string_agg(format('%s = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ' ORDER BY o)
          FROM (SELECT unnest(t.reloptions) UNION ALL SELECT 'toast.' || unnest(x.reloptions)) AS all_of (o)))
        FROM t LEFT JOIN pg_catalog.pg_class x ON x.oid = t.reltoastrelid
        WHERE t.reloptions IS NOT NULL OR x.reloptions IS NOT NULL
        UNION ALL
        SELECT 8, false, 'constraint ' || conname,
          format('ALTER TABLE %s ADD CONSTRAINT %I %s', named, conname, def)
        FROM con WHERE contype IN ('p', 'u', 'x')
        UNION ALL
        SELECT 9, false, 'index ' || bare, pg_get_indexdef(indexrelid) FROM ind WHERE NOT of_con
        UNION ALL
        SELECT 10, false, 'constraint ' || conname,
          format('ALTER TABLE %s ADD CONSTRAINT %I %s', named, conname, def)
        FROM con WHERE contype = 'f'
        UNION ALL
        SELECT 11, false, 'statistics ' || s.stxname, pg_get_statisticsobjdef(s.oid)
        FROM pg_catalog.pg_statistic_ext s JOIN t ON t.oid = s.stxrelid
        UNION ALL
        SELECT 12, false, 'order', format('ALTER TABLE %s CLUSTER ON %I', named, bare)
        FROM ind WHERE indisclustered
        UNION ALL
        SELECT 13, false, 'replica identity', format('ALTER TABLE %s REPLICA IDENTITY %s', named,
          CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE
            'USING INDEX ' || (SELECT quote_ident(bare) FROM ind WHERE indisreplident) END)
        FROM t WHERE relreplident <> 'd'
        UNION ALL
        SELECT 14, false, 'sequence of ' || attname,
          format('ALTER SEQUENCE %s OWNED BY %s.%I', seq, named, attname)
        FROM seq WHERE deptype = 'a'
        UNION ALL
        SELECT 15, false, 'row security', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', named)
        FROM t WHERE relrowsecurity
        UNION ALL
        SELECT 16, false, 'forced row security', format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', named)
        FROM t WHERE relforcerowsecurity
        UNION ALL
        SELECT 17, false, 'policy ' || polname, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s',
          polname, named, CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
          CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
            WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
          (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ')
            FROM unnest(polroles) AS roles (r)),
          coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', ''),
          coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', ''))
        FROM pol
        UNION ALL
        SELECT 18, false, 'trigger ' || tgname, pg_get_triggerdef(oid) FROM trg
        UNION ALL
        SELECT 19, false, 'state of trigger ' || tgname, format('ALTER TABLE %s %s TRIGGER %I', named,
          CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname)
        FROM trg WHERE tgenabled <> 'O'
        UNION ALL
        SELECT 20, false, 'owner', format('ALTER TABLE %s OWNER TO %I', named, pg_get_userbyid(relowner))
        FROM t
        UNION ALL
        SELECT 21, false, 'grants', format('GRANT %s ON %s TO %s%s%s', privilege_type, named,
          CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
          CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END,
          CASE WHEN grantor <> relowner THEN ' GRANTED BY ' || quote_ident(pg_get_userbyid(grantor)) ELSE '' END)
        FROM t, aclexplode(coalesce(relacl, acldefault('r', relowner)))
        UNION ALL
        SELECT 22, false, 'grants', format('GRANT %s (%I) ON %s TO %s%s', privilege_type, attname, named,
          CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
          CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM col, aclexplode(attacl)
        UNION ALL
        SELECT 23, false, 'grants', format('GRANT %s ON SEQUENCE %s TO %s', privilege_type, seq,
          CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
        FROM seq JOIN pg_catalog.pg_class c ON c.oid = seqrelid, aclexplode(c.relacl)
        WHERE deptype = 'i' AND grantee <> c.relowner
        UNION ALL
        SELECT 24, o.copied, 'comment', format('COMMENT ON %s IS %L', o.what, o.said) FROM (
          SELECT false AS copied, 'TABLE ' || named AS what, obj_description(oid, 'pg_class') AS said FROM t
          UNION ALL SELECT true, format('COLUMN %s.%I', named, attname), col_description(attrelid, attnum) FROM col
          UNION ALL SELECT contype = 'c', format('CONSTRAINT %I ON %s', conname, named),
            obj_description(oid, 'pg_constraint') FROM con
          UNION ALL SELECT false, 'INDEX ' || ind, obj_description(indexrelid, 'pg_class') FROM ind
          UNION ALL SELECT false, format('TRIGGER %I ON %s', tgname, named), obj_description(oid, 'pg_trigger') FROM trg
          UNION ALL SELECT false, format('POLICY %I ON %s', polname, named), obj_description(oid, 'pg_policy') FROM pol
        ) AS o WHERE o.said IS NOT NULL)
      SELECT copied, name, ddl FROM part ORDER BY rank, name, ddl
      """;

  /** The parts of a table as it is now. */
  static TableParts of(Connection connection, long oid) throws SQLException {
    try (var query = connection.prepareStatement(PARTS)) {
      query.setLong(1, oid);
      try (var found = query.executeQuery()) {
        List<Part> parts = new ArrayList<>();
        while (found.next()) {
          parts.add(new Part(found.getBoolean(1), found.getString(2), found.getString(3)));
        }
        return new TableParts(List.copyOf(parts));
      }
    }
  }

  /** What another table has not, or has otherwise; and what it has beside. */
  List<String> differences(TableParts other) {
    var missing = new ArrayList<>(parts);
    missing.removeAll(other.parts);
    var more = new ArrayList<>(other.parts);
    more.removeAll(parts);
    missing.addAll(more);
    return missing.stream().map(Part::name).distinct().toList();
  }
}
