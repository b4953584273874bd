package dev.backstep.database.swap;

import dev.backstep.database.Session;
import dev.backstep.database.SqlErrors;
import dev.backstep.problem.Problem;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds the settings of a database that the user of the Secret may not give to another one, by
 * giving them to that database again, in a transaction that is rolled back.
 */
final class SettingsTrial {
  private final Session session;

  SettingsTrial(Session session) {
    this.session = session;
  }

  /** One for each setting that could not be copied; empty: all could be. */
  List<Problem> problems(Databases.One live) throws SQLException {
    var connection = session.connection();
    var problems = new ArrayList<Problem>();
    connection.setAutoCommit(false);
    try {
      for (var setting : new Settings(connection).settings(live.oid(), live.oid())) {
        var here = connection.setSavepoint();
        try {
          new Commands(connection).execute(setting.sql());
        } catch (SQLException e) {
          if (!SqlErrors.byServer(e)) {
            throw e;
          }
          connection.rollback(here);
          problems.add(problem(live.name(), setting, SqlErrors.said(e, Map.of())));
        }
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    return problems;
  }

  private Problem problem(String live, Settings.Setting setting, String said) {
    return setting.role() == null
        ? new Problem(
            "RestoreSettingNotCopied",
            "User %1$s may not give setting %2$s of database %3$s to another one: %4$s Let a superuser execute: GRANT SET ON PARAMETER %2$s TO \"%1$s\"; (PostgreSQL 15 or later) or: ALTER DATABASE \"%3$s\" RESET %2$s;"
                .formatted(session.user(), setting.name(), live, said))
        : new Problem(
            "RestoreSettingNotCopied",
            "User %1$s may not give setting %2$s of role %5$s in database %3$s to it in another one: %4$s Let a superuser execute: ALTER ROLE \"%1$s\" CREATEROLE; and from PostgreSQL 16 on also: GRANT \"%5$s\" TO \"%1$s\" WITH ADMIN OPTION; or: ALTER ROLE \"%5$s\" IN DATABASE \"%3$s\" RESET %2$s;"
                .formatted(session.user(), setting.name(), live, said, setting.role()));
  }
}
