package dev.backstep.database.swap;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What stays with a database and is in no dump: its owner, locale, connection limit, rights, and
 * the settings for it and for roles in it. Compared as sets, because PostgreSQL keeps no order.
 */
final class Settings {
  private static final String ALL =
      """
      SELECT pg_catalog.format('owner %s', pg_catalog.pg_get_userbyid(d.datdba))
        FROM pg_catalog.pg_database d WHERE d.oid = ?
      UNION ALL SELECT pg_catalog.format('encoding %s, collation %s, character types %s, tablespace %s',
          pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, t.spcname)
        FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
        WHERE d.oid = ?
      UNION ALL SELECT pg_catalog.format('connection limit %s', d.datconnlimit)
        FROM pg_catalog.pg_database d WHERE d.oid = ?
      UNION ALL SELECT pg_catalog.format('right %s of %s%s, granted by %s', a.privilege_type,
          CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee) END,
          CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END,
          pg_catalog.pg_get_userbyid(a.grantor))
        FROM pg_catalog.pg_database d, LATERAL pg_catalog.aclexplode(
          coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a WHERE d.oid = ?
      UNION ALL SELECT pg_catalog.format('setting %s%s', c.setting,
          CASE s.setrole WHEN 0 THEN '' ELSE ' for role ' || pg_catalog.pg_get_userbyid(s.setrole) END)
        FROM pg_catalog.pg_db_role_setting s, LATERAL pg_catalog.unnest(s.setconfig) c (setting)
        WHERE s.setdatabase = ?
      """;

  /**
   * A name and a value in each element. Lists of names are kept with quotes where a name needs
   * them, and are a list again only if each name is written on its own.
   */
  private static final String EACH =
      """
      SELECT CASE s.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I', t.datname)
          ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I',
            pg_catalog.pg_get_userbyid(s.setrole), t.datname) END
        || pg_catalog.format(' SET %I TO ', n.name)
        || CASE WHEN n.name IN ('local_preload_libraries', 'search_path',
            'session_preload_libraries', 'shared_preload_libraries', 'temp_tablespaces',
            'unix_socket_directories') THEN coalesce((
              SELECT pg_catalog.string_agg(pg_catalog.quote_literal(
                coalesce(pg_catalog.replace(m[1], '""', '"'), m[2])), ', ')
              FROM pg_catalog.regexp_matches(v.value, '"((?:[^"]|"")*)"|([^,\\s"]+)', 'g') m), '\'\'')
          ELSE pg_catalog.quote_literal(v.value) END,
        n.name, CASE s.setrole WHEN 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(s.setrole) END
      FROM pg_catalog.pg_db_role_setting s
      CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c (setting)
      CROSS JOIN LATERAL (SELECT pg_catalog.split_part(c.setting, '=', 1)) n (name)
      CROSS JOIN LATERAL (SELECT pg_catalog.substr(c.setting, pg_catalog.length(n.name) + 2)) v (value)
      JOIN pg_catalog.pg_database t ON t.oid = ?
      WHERE s.setdatabase = ?
      """;

  /** What the target has of its own goes, also what a dump set when it was loaded. */
  private static final String CLEAR =
      """
      SELECT pg_catalog.format('ALTER DATABASE %I RESET ALL', datname)
        FROM pg_catalog.pg_database WHERE oid = ?
      UNION ALL SELECT pg_catalog.format('ALTER ROLE %I IN DATABASE %I RESET ALL',
          pg_catalog.pg_get_userbyid(s.setrole), t.datname)
        FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database t ON t.oid = s.setdatabase
        WHERE s.setdatabase = ? AND s.setrole <> 0
      UNION ALL SELECT DISTINCT pg_catalog.format('REVOKE ALL ON DATABASE %I FROM %s', d.datname,
          CASE a.grantee WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
        FROM pg_catalog.pg_database d, LATERAL pg_catalog.aclexplode(
          coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a WHERE d.oid = ?
      """;

  private static final String GIVE =
      """
      SELECT pg_catalog.format('ALTER DATABASE %I CONNECTION LIMIT %s', t.datname, d.datconnlimit)
        FROM pg_catalog.pg_database d JOIN pg_catalog.pg_database t ON t.oid = ? WHERE d.oid = ?
      UNION ALL SELECT pg_catalog.format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, t.datname,
          CASE a.grantee WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,
          CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_catalog.pg_database d CROSS JOIN LATERAL pg_catalog.aclexplode(
          coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
        JOIN pg_catalog.pg_database t ON t.oid = ? WHERE d.oid = ?
      """;

  private final Connection connection;

  Settings(Connection connection) {
    this.connection = connection;
  }

  /** All of a database, each in a few words. */
  Set<String> of(long oid) throws SQLException {
    return new TreeSet<>(texts(ALL, oid, oid, oid, oid, oid));
  }

  /** What one database has and the other one has not, or the other way round. */
  List<String> differences(long one, long other) throws SQLException {
    var ofOne = of(one);
    var ofOther = of(other);
    var different = new TreeSet<>(ofOne);
    different.addAll(ofOther);
    different.removeIf(it -> ofOne.contains(it) && ofOther.contains(it));
    return List.copyOf(different);
  }

  /** Gives a database what another one has; in the transaction that is open. */
  void copy(long from, long to) throws SQLException {
    var commands = new Commands(connection);
    for (var clear : texts(CLEAR, to, to, to)) {
      commands.execute(clear);
    }
    for (var give : texts(GIVE, to, from, to, from)) {
      commands.execute(give);
    }
    for (var setting : settings(from, to)) {
      commands.execute(setting.sql());
    }
  }

  /**
   * One setting that a database is to have.
   *
   * @param role for whom in that database; null: for all
   */
  record Setting(String sql, String name, String role) {}

  /** The settings of a database, as statements that give them to another one. */
  List<Setting> settings(long from, long to) throws SQLException {
    try (var query = connection.prepareStatement(EACH)) {
      query.setLong(1, to);
      query.setLong(2, from);
      try (var found = query.executeQuery()) {
        var settings = new ArrayList<Setting>();
        while (found.next()) {
          settings.add(new Setting(found.getString(1), found.getString(2), found.getString(3)));
        }
        return settings;
      }
    }
  }

  private List<String> texts(String sql, long... values) throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      for (var i = 0; i < values.length; i++) {
        query.setLong(i + 1, values[i]);
      }
      try (var found = query.executeQuery()) {
        var texts = new ArrayList<String>();
        while (found.next()) {
          texts.add(found.getString(1));
        }
        return texts;
      }
    }
  }
}
