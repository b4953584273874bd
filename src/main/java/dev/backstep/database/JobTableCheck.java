package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a table is as a user says that his queue is; nothing is locked and nothing changed. */
final class JobTableCheck {
  private static final String COLUMNS =
      """
      SELECT attname FROM pg_catalog.pg_attribute
      WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      """;

  /** A column that may be null tells no rows apart. */
  private static final String UNIQUE =
      """
      SELECT (SELECT bool_and(a.attname = ANY (?) AND a.attnotnull)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid
          AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
      FROM pg_catalog.pg_index i
      WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid
        AND i.indpred IS NULL AND i.indexprs IS NULL
      """;

  private static final String PRIMARY_KEY =
      """
      SELECT string_agg(a.attname, ', ' ORDER BY array_position(i.indkey::int2[], a.attnum))
      FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
        ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = ? AND i.indisprimary
      """;

  private static final String FORBIDDEN = "42501";

  private final Connection connection;
  private final String database;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * In one database.
   *
   * @param database how people call it
   */
  JobTableCheck(Connection connection, String database) {
    this.connection = connection;
    this.database = database;
  }

  /** What sets rows of the queue. */
  static BatchTexts texts(Connection connection, JobTable queue, JobTable.Rows rows)
      throws SQLException, NotDoneException {
    var effect = JobTables.effect(queue, rows, true, null, "");
    return BatchTexts.of(effect, RememberedTable.of(connection, effect.rows()));
  }

  /** What is wrong with the table itself. */
  List<Problem> ofTable(JobTable queue) throws SQLException {
    var table = LiveTable.found(connection, queue.table());
    if (table.isEmpty()) {
      problem(
          "TableMissing",
          "There is no table %s in the %s. Correct jobTable.table: a name without a schema is looked for in public."
              .formatted(queue.table(), database));
      return List.copyOf(problems);
    }
    OwnRecord.problem(table.get().name()).ifPresent(problems::add);
    if (problems.isEmpty() && hasColumns(queue, table.get())) {
      checkKey(queue, table.get());
    }
    return List.copyOf(problems);
  }

  private boolean hasColumns(JobTable queue, LiveTable table) throws SQLException {
    var missing = new LinkedHashSet<>(queue.key());
    missing.addAll(queue.pause().set().keySet());
    missing.addAll(queue.failStuck() == null ? Set.of() : queue.failStuck().set().keySet());
    missing.addAll(queue.resume() == null ? Set.of() : queue.resume().set().keySet());
    try (var query = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, table.oid());
      try (var found = query.executeQuery()) {
        while (found.next()) {
          missing.remove(found.getString(1));
        }
      }
    }
    if (!missing.isEmpty()) {
      problem(
          "ColumnMissing",
          "Table %s in the %s has no column %s that could be set. Correct key, pause.set, failStuck.set or resume.set of jobTable: names of columns are as in the catalogue, mostly in small letters."
              .formatted(table.name(), database, String.join(", ", missing)));
    }
    return missing.isEmpty();
  }

  private void checkKey(JobTable queue, LiveTable table) throws SQLException {
    try (var query = connection.prepareStatement(UNIQUE)) {
      query.setArray(1, connection.createArrayOf("name", queue.key().toArray()));
      query.setLong(2, table.oid());
      try (var found = query.executeQuery()) {
        while (found.next()) {
          if (found.getBoolean(1)) {
            return;
          }
        }
      }
    }
    var key = String.join(", ", queue.key());
    problem(
        "KeyNotUnique",
        "Several rows of table %s in the %s may have the same %s, so it would not be known which ones were paused. %s"
            .formatted(table.name(), database, key, remedy(table, key)));
  }

  private String remedy(LiveTable table, String key) throws SQLException {
    try (var query = connection.prepareStatement(PRIMARY_KEY)) {
      query.setLong(1, table.oid());
      try (var found = query.executeQuery()) {
        found.next();
        return found.getString(1) == null
            ? "The table has no primary key. Let its owner make one: ALTER TABLE %s ADD PRIMARY KEY (%s);"
                .formatted(table.name(), key)
            : "Set jobTable.key to the columns of its primary key: %s."
                .formatted(found.getString(1));
      }
    }
  }

  /** All that is wrong: the table, the user's SQL, and the rights on them. */
  List<Problem> of(JobTable queue) throws SQLException {
    if (!ofTable(queue).isEmpty()) {
      return List.copyOf(problems);
    }
    explain("pause", queue, queue.pause());
    if (queue.failStuck() != null) {
      explain("failStuck", queue, queue.failStuck());
    }
    if (queue.resume() != null) {
      explain("resume", queue, new JobTable.Rows(queue.pause().where(), queue.resume().set()));
    }
    if (problems.isEmpty()) {
      problems.addAll(new JobTableBounds(connection, database).problems(queue));
    }
    return List.copyOf(problems);
  }

  private void explain(String field, JobTable queue, JobTable.Rows rows) throws SQLException {
    try {
      var texts = texts(connection, queue, rows);
      explain(field, queue, "EXPLAIN " + texts.update());
      explain(field, queue, "EXPLAIN " + texts.free());
    } catch (NotDoneException e) {
      problems.add(SqlErrors.problem(e.outcome()));
    }
  }

  private void explain(String field, JobTable queue, String sql) throws SQLException {
    try (var explain = connection.prepareStatement(sql)) {
      explain.execute();
    } catch (SQLException e) {
      if (!SqlErrors.byServer(e) && !SqlErrors.isOfText(e)) {
        throw e;
      }
      if (!SqlErrors.isOfOthers(e)) {
        unfit(field, queue, e);
      }
    }
  }

  private void unfit(String field, JobTable queue, SQLException why) throws SQLException {
    var said = SqlErrors.said(why, Map.of());
    if (FORBIDDEN.equals(why.getSQLState())) {
      var table = LiveTable.found(connection, queue.table()).orElseThrow();
      problem(
          "TableForbidden",
          "User %1$s may not do what jobTable.%2$s does in the %3$s: %4$s Let the owner of table %5$s execute: GRANT SELECT, UPDATE ON %5$s TO \"%1$s\";"
              .formatted(table.user(), field, database, said, table.name()));
    } else {
      problem(
          "SqlUnfit",
          "What jobTable.%s does would fail in the %s with SQLSTATE %s: %s Correct its where or set: both are SQL, so a text is written as \"'paused'\"."
              .formatted(field, database, why.getSQLState(), said));
    }
  }

  private void problem(String reason, String message) {
    if (problems.stream().noneMatch(it -> it.message().equals(message))) {
      problems.add(new Problem(reason, message));
    }
  }
}
