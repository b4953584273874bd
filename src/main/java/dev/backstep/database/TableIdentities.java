package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The identity columns of a table, and the numbers that they are at: rows that come later must not
 * have the numbers of those that went.
 */
record TableIdentities(List<Identity> identities) {
  private static final String FOUND =
      """
      SELECT a.attname, s.relname, q.seqrelid::regclass::text
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_sequence q ON q.seqrelid = d.objid
      JOIN pg_catalog.pg_class s ON s.oid = d.objid
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.refobjid = ? AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass
      """;

  /**
   * One of them.
   *
   * @param column its name
   * @param sequence name of its sequence, without the schema
   * @param last the number that it is at
   * @param called false: that number was not given to a row yet
   */
  private record Identity(String column, String sequence, long last, boolean called) {}

  static TableIdentities of(Connection connection, long table) throws SQLException {
    List<Identity> identities = new ArrayList<>();
    try (var query = connection.prepareStatement(FOUND)) {
      query.setLong(1, table);
      try (var found = query.executeQuery()) {
        while (found.next()) {
          identities.add(
              at(connection, found.getString(1), found.getString(2), found.getString(3)));
        }
      }
    }
    return new TableIdentities(List.copyOf(identities));
  }

  private static Identity at(Connection connection, String column, String name, String sequence)
      throws SQLException {
    try (var statement = connection.createStatement();
        var at = statement.executeQuery("SELECT last_value, is_called FROM " + sequence)) {
      at.next();
      return new Identity(column, name, at.getLong(1), at.getBoolean(2));
    }
  }

  /** The same columns of another table go on from there, with sequences of these names. */
  void goOn(Connection connection, String table) throws SQLException {
    for (var identity : identities) {
      var made = made(connection, table, identity);
      try (var set = connection.prepareStatement("SELECT setval(?::regclass, ?, ?)")) {
        set.setString(1, made);
        set.setLong(2, identity.last());
        set.setBoolean(3, identity.called());
        set.execute();
      }
    }
  }

  private static String made(Connection connection, String table, Identity identity)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            """
            SELECT s.oid::regclass::text, s.relname <> ?,
              format('ALTER SEQUENCE %s RENAME TO %I', s.oid::regclass, ?::text),
              format('%I.%I', n.nspname, ?::text)
            FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
            WHERE s.oid = pg_get_serial_sequence(?, ?)::regclass
            """)) {
      query.setString(1, identity.sequence());
      query.setString(2, identity.sequence());
      query.setString(3, identity.sequence());
      query.setString(4, table);
      query.setString(5, identity.column());
      try (var found = query.executeQuery()) {
        found.next();
        if (found.getBoolean(2)) {
          CatalogKind.execute(connection, found.getString(3));
        }
        return found.getString(4);
      }
    }
  }
}
