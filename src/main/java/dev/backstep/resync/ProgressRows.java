package dev.backstep.resync;

import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.resync.Progress.State;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a re-sync is, in a table of the target: a row for each table that is copied, changed in
 * the transaction of the batch. So whoever goes on knows exactly what is there.
 */
final class ProgressRows {
  private static final String ABSENT = "SELECT pg_catalog.to_regclass('backstep.resync') IS NULL";

  private static final String MAY_MAKE =
      """
      SELECT CASE
        WHEN to_regclass('backstep.resync') IS NOT NULL
          THEN has_table_privilege('backstep.resync', 'SELECT, INSERT, UPDATE, DELETE')
        WHEN to_regnamespace('backstep') IS NOT NULL
          THEN has_schema_privilege('backstep', 'CREATE')
        ELSE has_database_privilege(current_database(), 'CREATE') END
      """;

  private static final String MAKE =
      """
      SELECT pg_advisory_xact_lock(hashtext('dev.backstep.database'));
      DO $$ BEGIN
        IF to_regnamespace('backstep') IS NULL THEN CREATE SCHEMA backstep; END IF;
      END $$;
      CREATE TABLE IF NOT EXISTS backstep.resync (
        id text NOT NULL,
        number integer NOT NULL,
        name text NOT NULL,
        begun text NOT NULL,
        job text NOT NULL,
        total bigint NOT NULL,
        copied bigint NOT NULL DEFAULT 0,
        written bigint NOT NULL DEFAULT 0,
        place text[] NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'copied', 'compared')),
        others bigint NOT NULL DEFAULT 0,
        note text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, number));
      """;

  /** Nobody asks for it any more. */
  private static final String FORGET =
      "DELETE FROM backstep.resync WHERE at < now() - interval '30 days'";

  private static final String BEGUN = "SELECT begun, job FROM backstep.resync WHERE id = ? LIMIT 1";
  private static final String DELETE = "DELETE FROM backstep.resync WHERE id = ?";
  private static final String INSERT =
      "INSERT INTO backstep.resync (id, number, name, begun, job, total, note) VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String TAKE = "UPDATE backstep.resync SET job = ?, at = now() WHERE id = ?";
  private static final String SELECT =
      "SELECT name, total, copied, written, state, others, note FROM backstep.resync WHERE id = ? ORDER BY number";
  private static final String PLACE =
      "SELECT place FROM backstep.resync WHERE id = ? AND number = ?";

  /** Where a batch does not say where it ended, whoever goes on does so where the last one did. */
  private static final String ADVANCE =
      "UPDATE backstep.resync SET copied = copied + ?, written = written + ?, place = COALESCE(NULLIF(?, '{}'::text[]), place), at = now() WHERE id = ? AND number = ?";

  private static final String STATE =
      "UPDATE backstep.resync SET state = ?, others = ?, at = now() WHERE id = ? AND number = ?";

  private final Connection connection;
  private final String id;

  ProgressRows(Connection connection, String id) {
    this.connection = connection;
    this.id = id;
  }

  /** Why the table could not be made or used; empty: it could. Nothing is made. */
  static Optional<Problem> problem(Session session) throws SQLException {
    try (var statement = session.connection().createStatement();
        var row = statement.executeQuery(MAY_MAKE)) {
      row.next();
      return row.getBoolean(1) ? Optional.empty() : Optional.of(mayNot(session));
    }
  }

  private static Problem mayNot(Session session) {
    return new Problem(
        "DatabaseSchemaMissing",
        "The user of the Secret may not make or use table backstep.resync in the %s, where it is kept how far a re-sync is. Let the database's owner execute: %s"
            .formatted(session.name(), session.grant("CREATE")));
  }

  /**
   * Makes the table where there is none; in the transaction that is open.
   *
   * @throws ProblemException when the user may not
   */
  static void make(Session session) throws SQLException, ProblemException {
    try (var statement = session.connection().createStatement()) {
      if (absent(session.connection())) {
        statement.execute(MAKE);
      }
      statement.execute(FORGET);
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
      throw new ProblemException(mayNot(session));
    }
  }

  private static boolean absent(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(ABSENT)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** How far it is; empty: nobody began. */
  static Optional<Progress> read(Session session, String id) throws SQLException {
    return absent(session.connection())
        ? Optional.empty()
        : Optional.of(new ProgressRows(session.connection(), id).progress());
  }

  /**
   * Takes over what was begun before, if it was begun with the same; else begins anew.
   *
   * @param begun what it is begun with: the version of the source, and what is copied of it
   * @param job who copies now
   */
  void begin(String begun, String job, List<TableCopy> tables, List<Long> totals)
      throws SQLException {
    var earlier = earlier();
    var goesOn =
        !earlier.isEmpty()
            && earlier.get(0).equals(begun)
            && (earlier.get(1).equals(job) || !progress().done());
    if (goesOn) {
      update(TAKE, job, id);
      return;
    }
    forget();
    for (var at = 0; at < tables.size(); at++) {
      var table = tables.get(at);
      var note = String.join("; ", table.notes());
      update(INSERT, id, at, table.name(), begun, job, totals.get(at), note);
    }
  }

  private List<String> earlier() throws SQLException {
    try (var query = connection.prepareStatement(BEGUN)) {
      query.setString(1, id);
      try (var row = query.executeQuery()) {
        return row.next() ? List.of(row.getString(1), row.getString(2)) : List.of();
      }
    }
  }

  /** How far it is. */
  Progress progress() throws SQLException {
    try (var query = connection.prepareStatement(SELECT)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        var tables = new ArrayList<Progress.Table>();
        while (rows.next()) {
          tables.add(table(rows));
        }
        return new Progress(tables);
      }
    }
  }

  private static Progress.Table table(ResultSet row) throws SQLException {
    return new Progress.Table(
        row.getString(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        State.valueOf(row.getString(5)),
        row.getLong(6),
        row.getString(7));
  }

  /** Where the last row is that was copied of a table; empty: none was. */
  List<String> place(int number) throws SQLException {
    try (var query = connection.prepareStatement(PLACE)) {
      query.setString(1, id);
      query.setInt(2, number);
      try (var row = query.executeQuery()) {
        row.next();
        return List.of((String[]) row.getArray(1).getArray());
      }
    }
  }

  /** A batch is written, and is committed together with this. */
  void advance(int number, Batch<?> batch, int written) throws SQLException {
    Array place = connection.createArrayOf("text", batch.place().toArray());
    update(ADVANCE, batch.size(), written, place, id, number);
  }

  /** A table is so far now. */
  void reached(int number, State state, long others) throws SQLException {
    update(STATE, state.name(), others, id, number);
  }

  /** Nothing counts as copied any more. */
  void forget() throws SQLException {
    update(DELETE, id);
  }

  private void update(String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (var at = 0; at < values.length; at++) {
        statement.setObject(at + 1, values[at]);
      }
      statement.executeUpdate();
    }
  }
}
