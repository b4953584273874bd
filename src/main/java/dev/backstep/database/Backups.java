package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables that keep the rows of one that was emptied: each says so itself, in its comment. */
final class Backups {
  private static final String OLD =
      """
      SELECT c.oid::regclass::text
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
      WHERE c.relkind = 'r' AND starts_with(d.description, ?)
        AND substring(d.description FROM 'taken ([^ ]+): ')::timestamptz < ?::timestamptz
        AND pg_has_role(c.relowner, 'USAGE')
      """;

  private final Connection connection;
  private final TableClearing effect;

  Backups(Connection connection, TableClearing effect) {
    this.connection = connection;
    this.effect = effect;
  }

  private String ofTheTable() {
    return "Backstep's backup of %s, ".formatted(effect.table());
  }

  /** Says what the new backup is, and drops those that are older than they are kept. */
  void keep(long rows, String mark) throws SQLException {
    var comment = "%staken %s: %d rows, by %s".formatted(ofTheTable(), effect.taken(), rows, mark);
    CatalogKind.execute(
        connection,
        "COMMENT ON TABLE %s IS '%s'".formatted(effect.backup(), comment.replace("'", "''")));
    if (effect.retention() != null) {
      for (var old : old()) {
        CatalogKind.execute(connection, "DROP TABLE " + old);
      }
    }
  }

  private List<String> old() throws SQLException {
    try (var query = connection.prepareStatement(OLD)) {
      query.setString(1, ofTheTable());
      query.setString(2, effect.taken().minus(effect.retention()).toString());
      try (var found = query.executeQuery()) {
        List<String> old = new ArrayList<>();
        while (found.next()) {
          old.add(found.getString(1));
        }
        return old;
      }
    }
  }
}
