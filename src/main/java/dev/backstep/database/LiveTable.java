package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table as it is in the catalogue.
 *
 * @param name with its schema
 * @param owner a role
 * @param owned true: the user is the owner, or is a member of it
 * @param user who asks
 * @param superuser true: the user is one
 */
record LiveTable(
    long oid, String name, String owner, boolean owned, String user, boolean superuser) {
  private static final String TABLE =
      """
      SELECT t.oid::bigint, format('%I.%I', s.nspname, t.relname), pg_get_userbyid(t.relowner),
        pg_has_role(t.relowner, 'USAGE'), current_user, current_setting('is_superuser')::boolean
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = to_regclass(?) AND t.relkind IN ('r', 'p', 'f')
      """;

  private static final String TRIGGERS =
      """
      SELECT format('%I.%I', s.nspname, t.relname), g.tgname,
        format('ALTER TABLE ONLY %I.%I DISABLE TRIGGER %I', s.nspname, t.relname, g.tgname),
        g.tgenabled = 'D', g.tgconstraint = 0 OR c.contype = 't', g.tgisinternal
      FROM pg_catalog.pg_trigger g
      JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
      JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      LEFT JOIN pg_catalog.pg_constraint c ON c.oid = g.tgconstraint
      WHERE t.oid = ? OR t.oid IN (SELECT relid FROM pg_partition_tree(?))
      ORDER BY t.oid <> ?, 1, 2
      """;

  /** The table that a plan means; empty: there is none. */
  static Optional<LiveTable> found(Connection connection, String name) throws SQLException {
    try (var query = connection.prepareStatement(TABLE)) {
      query.setString(1, name);
      try (var found = query.executeQuery()) {
        return found.next()
            ? Optional.of(
                new LiveTable(
                    found.getLong(1),
                    found.getString(2),
                    found.getString(3),
                    found.getBoolean(4),
                    found.getString(5),
                    found.getBoolean(6)))
            : Optional.empty();
      }
    } catch (SQLException e) {
      if (SqlErrors.isOfText(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Its triggers, and then those of its partitions. */
  List<LiveTrigger> triggers(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(TRIGGERS)) {
      query.setLong(1, oid);
      query.setLong(2, oid);
      query.setLong(3, oid);
      List<LiveTrigger> triggers = new ArrayList<>();
      try (var found = query.executeQuery()) {
        while (found.next()) {
          triggers.add(
              new LiveTrigger(
                  found.getString(1),
                  found.getString(2),
                  found.getString(3),
                  found.getBoolean(4),
                  found.getBoolean(5),
                  found.getBoolean(6)));
        }
      }
      return triggers;
    }
  }
}
