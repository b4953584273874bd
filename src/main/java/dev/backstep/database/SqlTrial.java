package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether SQL fits its database: tables, columns, functions and the rights on them, as EXPLAIN
 * finds them. Nothing is executed and nothing is locked against writers.
 */
final class SqlTrial {
  /** What EXPLAIN takes; after anything else the world may be another one. */
  private static final String EXPLAINED =
      "(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE)\\b.*";

  private static final String MAY_REMEMBER =
      "SELECT has_any_column_privilege(?, 'SELECT') AND has_any_column_privilege(?, 'UPDATE'), current_user";

  private final Connection connection;
  private final String database;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * In one database.
   *
   * @param database how people call it
   */
  SqlTrial(Connection connection, String database) {
    this.connection = connection;
    this.database = database;
  }

  /** What does not fit. */
  List<Problem> problems(Sql action) throws SQLException {
    if (action.remember() != null) {
      for (var remember : action.remember()) {
        check(remember);
      }
    }
    var plain = explained("statements", action.statements());
    if (plain && action.check() != null) {
      explained("check.query", action.check().query());
    }
    if (plain) {
      explained("undo", action.undo());
    }
    return List.copyOf(problems);
  }

  private void check(Sql.Remember remember) throws SQLException {
    try {
      var table = RememberedTable.of(connection, remember).name();
      try (var query = connection.prepareStatement(MAY_REMEMBER)) {
        query.setString(1, table);
        query.setString(2, table);
        try (var may = query.executeQuery()) {
          may.next();
          if (!may.getBoolean(1)) {
            problems.add(
                new Problem(
                    "RememberForbidden",
                    "User %1$s may not read and write table %2$s in the %3$s, which remember takes. Let its owner execute: GRANT SELECT, UPDATE ON %2$s TO \"%1$s\";"
                        .formatted(may.getString(2), table, database)));
          }
        }
      }
    } catch (NotDoneException e) {
      problems.add(((Outcome.Failed) e.outcome()).problem());
    }
  }

  /**
   * Explains statements, as far as they do not depend on others.
   *
   * @return true: there is nothing else in it
   */
  private boolean explained(String where, String sql) throws SQLException {
    for (var statement : Script.of(sql).statements()) {
      if (!statement.words().matches(EXPLAINED)) {
        return false;
      }
      problem(statement).ifPresent(why -> problems.add(unfit(where, statement, why)));
    }
    return true;
  }

  private Problem unfit(String where, Script.Statement statement, SQLException why) {
    return new Problem(
        "SqlUnfit",
        "In sql.%s, %s would fail in the %s with SQLSTATE %s: %s Correct it, or give the user of the Secret the right."
            .formatted(
                where,
                statement.words(),
                database,
                why.getSQLState(),
                SqlErrors.said(why, Map.of())));
  }

  /** That others keep it from being explained now says nothing of it. */
  private Optional<SQLException> problem(Script.Statement statement) throws SQLException {
    try (var explain = statement.explained(connection)) {
      explain.execute();
      return Optional.empty();
    } catch (SQLException e) {
      if (SqlErrors.byServer(e) || SqlErrors.isOfText(e)) {
        return Optional.of(e).filter(it -> !SqlErrors.isOfOthers(it));
      }
      throw e;
    }
  }
}
