package dev.backstep.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Kinds of objects of a database's catalogue. What state an object is in, is said as the DDL that
 * makes it so: what comes back is executed, and what is compared is a text.
 */
public enum CatalogKind {
  /** A trigger, found by table and name; its state is when it fires. */
  TRIGGER(
      """
      SELECT format('LOCK TABLE ONLY %I.%I IN SHARE ROW EXCLUSIVE MODE', s.nspname, t.relname)
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE t.oid = to_regclass(?::jsonb->>'table')
      """,
      """
      SELECT format('ALTER TABLE ONLY %I.%I %s TRIGGER %I', s.nspname, t.relname,
        CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
          WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, g.tgname)
      FROM (SELECT ?::jsonb) AS k (key)
      JOIN pg_catalog.pg_class t ON t.oid = to_regclass(key->>'table')
      JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid AND g.tgname = key->>'trigger'
      """),

  /**
   * A function or procedure, found by name and types of arguments; its state is all of it. Setting
   * what is set already locks its row in the catalogue.
   */
  FUNCTION(
      """
      SELECT format('ALTER ROUTINE %s SECURITY %s', p.oid::regprocedure,
        CASE WHEN p.prosecdef THEN 'DEFINER' ELSE 'INVOKER' END)
      FROM pg_catalog.pg_proc p WHERE p.oid = to_regprocedure(?::jsonb->>'function')
      """,
      """
      SELECT pg_get_functiondef(p.oid)
      FROM pg_catalog.pg_proc p WHERE p.oid = to_regprocedure(?::jsonb->>'function')
      """);

  private final String lock;
  private final String state;

  CatalogKind(String lock, String state) {
    this.lock = lock;
    this.state = state;
  }

  /**
   * The state of an object, which nobody else can change before the transaction ends.
   *
   * @return the DDL that makes it so; empty: there is no such object
   */
  Optional<String> locked(Connection connection, String key) throws SQLException {
    var ddl = asked(connection, lock, key);
    if (ddl.isEmpty()) {
      return Optional.empty();
    }
    execute(connection, ddl.get());
    return state(connection, key);
  }

  /** The state of an object; empty: there is no such object. */
  Optional<String> state(Connection connection, String key) throws SQLException {
    return asked(connection, state, key);
  }

  private static Optional<String> asked(Connection connection, String query, String key)
      throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      statement.setString(1, key);
      try (var found = statement.executeQuery()) {
        return found.next() ? Optional.ofNullable(found.getString(1)) : Optional.empty();
      }
    }
  }

  /** Nothing in it is the driver's: braces and question marks stay what they are. */
  static void execute(Connection connection, String ddl) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(ddl);
    }
  }
}
