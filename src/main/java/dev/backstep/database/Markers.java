package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was done to a database, in a table of that database: a row for each effect, written in the
 * effect's own transaction. Who comes second, finds it; and who has to make sure that an effect can
 * never happen any more, writes the row first.
 */
final class Markers {
  /** All that is kept there; its key in the locks is the number of this text. */
  private static final String MAKE =
      """
      SELECT pg_advisory_xact_lock(hashtext('dev.backstep.database'));
      CREATE SCHEMA IF NOT EXISTS backstep;
      CREATE TABLE IF NOT EXISTS backstep.effect (
        mark text PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('begun', 'done', 'fenced')),
        said text,
        drift text,
        at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE IF NOT EXISTS backstep.remembered (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        mark text NOT NULL REFERENCES backstep.effect ON DELETE CASCADE,
        part integer NOT NULL,
        table_name text NOT NULL,
        key jsonb NOT NULL,
        before jsonb NOT NULL,
        after jsonb);
      CREATE INDEX IF NOT EXISTS remembered_mark ON backstep.remembered (mark, part);
      """;

  private static final String FOUND =
      """
      SELECT count(*) = 2, current_user, coalesce(bool_and(
        has_schema_privilege(s.oid, 'USAGE')
        AND has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT')
        AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE')), true)
      FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
      WHERE s.nspname = 'backstep' AND t.relname IN ('effect', 'remembered')
      """;

  private static final String MAY_MAKE =
      "SELECT has_database_privilege(current_database(), 'CREATE')";

  private static final String INSERT =
      "INSERT INTO backstep.effect (mark, state) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING";
  private static final String SELECT =
      "SELECT state, said, drift FROM backstep.effect WHERE mark = ?";
  private static final String FINISH =
      "UPDATE backstep.effect SET state = 'done', said = ?, drift = ? WHERE mark = ?";

  /** Rows of tables, which may be about people, and what was said of them. */
  private static final String FORGET_CONTENT = "DELETE FROM backstep.remembered WHERE mark LIKE ?";

  private static final String FORGET_SAID =
      "UPDATE backstep.effect SET said = NULL, drift = NULL WHERE mark LIKE ? AND (said, drift) IS DISTINCT FROM (NULL, NULL)";

  /** A row may have to refuse an effect that arrives late: an hour is longer than any takes. */
  private static final String FORGET =
      "DELETE FROM backstep.effect WHERE mark LIKE ? AND at < now() - interval '1 hour'";

  private static final String MAY_NOT_MAKE =
      "The user of the Secret cannot make schema backstep in the %s: %s Let the database's owner execute: %s";
  private static final String MAY_NOT_USE =
      "User %1$s may not use schema backstep in the %2$s, which another user made. Let that one give the right: GRANT USAGE ON SCHEMA backstep TO \"%1$s\"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA backstep TO \"%1$s\";";

  private Markers() {}

  /** How far an effect is, as its row says. */
  enum State {
    begun,
    done,
    fenced
  }

  /** A row: what is said of the effect, and what of it could not be put back. */
  record Row(State state, String said, String drift) {
    /** How many rows an effect of many transactions changed so far; 0 where it is over. */
    long advanced() {
      return state == State.begun && said != null ? Long.parseLong(said) : 0;
    }

    /** How the effect ended. */
    Outcome outcome() {
      return switch (state) {
        case done -> new Outcome.Applied(null, said, drift);
        case fenced -> new Outcome.Refused(null);
        case begun ->
            new Outcome.Unknown(
                "The statement was begun, and its answer was lost. Look at the database.", null);
      };
    }
  }

  /**
   * Makes the tables where there are none: in the transaction that is open, else in one of its own.
   *
   * @throws NoSessionException when the user has not the right to make or to use them
   */
  static void make(Session session, Session.Limits limits) throws NoSessionException {
    try {
      if (found(session)) {
        return;
      }
      var own = session.connection().getAutoCommit();
      if (own) {
        session.begin(false, limits);
      }
      try (var statement = session.connection().createStatement()) {
        statement.execute(MAKE);
      }
      if (own) {
        session.connection().setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw mayNotMake(session, SqlErrors.said(e, Map.of()), e);
    }
  }

  /**
   * The user may make the tables where there are none, and use them where there are; nothing is
   * made.
   *
   * @throws NoSessionException when the user has not the right
   */
  static void check(Session session) throws NoSessionException {
    try (var statement = session.connection().createStatement();
        var may = statement.executeQuery(MAY_MAKE)) {
      may.next();
      if (!found(session) && !may.getBoolean(1)) {
        throw mayNotMake(session, "it has not the right CREATE on it.", null);
      }
    } catch (SQLException e) {
      throw mayNotMake(session, SqlErrors.said(e, Map.of()), e);
    }
  }

  private static NoSessionException mayNotMake(Session session, String why, SQLException e) {
    return new NoSessionException(
        new Problem(
            "DatabaseSchemaMissing",
            MAY_NOT_MAKE.formatted(session.name(), why, session.grant("CREATE"))),
        e);
  }

  private static boolean found(Session session) throws SQLException, NoSessionException {
    try (var statement = session.connection().createStatement();
        var result = statement.executeQuery(FOUND)) {
      result.next();
      if (!result.getBoolean(3)) {
        throw new NoSessionException(
            new Problem(
                "DatabaseSchemaForbidden",
                MAY_NOT_USE.formatted(result.getString(2), session.name())));
      }
      return result.getBoolean(1);
    }
  }

  /**
   * Writes the row, if there is none. Waits for another transaction that is writing the same one.
   *
   * @return true: it is written; false: it was there
   */
  static boolean set(Connection connection, String mark, State state) throws SQLException {
    try (var insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, mark);
      insert.setString(2, state.name());
      return insert.executeUpdate() == 1;
    }
  }

  /** The row of an effect; empty: it was never done. */
  static Optional<Row> row(Connection connection, String mark) throws SQLException {
    try (var select = connection.prepareStatement(SELECT)) {
      select.setString(1, mark);
      try (var row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Row(State.valueOf(row.getString(1)), row.getString(2), row.getString(3)))
            : Optional.empty();
      }
    }
  }

  /** Takes away what the effects of a run left, where the tables are. */
  static void forget(Session session, String claim) throws SQLException, NoSessionException {
    if (!found(session)) {
      return;
    }
    for (var forget : List.of(FORGET_CONTENT, FORGET_SAID, FORGET)) {
      try (var statement = session.connection().prepareStatement(forget)) {
        statement.setString(1, "%s/%%".formatted(claim));
        statement.executeUpdate();
      }
    }
  }

  /** The effect is done, and this is what is said of it. */
  static void finish(Connection connection, String mark, Outcome.Applied applied)
      throws SQLException {
    try (var update = connection.prepareStatement(FINISH)) {
      update.setString(1, applied.said());
      update.setString(2, applied.drift());
      update.setString(3, mark);
      update.executeUpdate();
    }
  }
}
