package dev.backstep.database;

import dev.backstep.api.v1alpha1.sync.JobTable;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether the conditions of a queue mean some of its rows: not all whatever is in them, and not
 * none.
 *
 * @param database how people call it
 */
record JobTableBounds(Connection connection, String database) {
  /** How a plan says that a condition holds for no row. */
  private static final String NEVER = "One-Time Filter: false";

  /** How it says that rows are looked at: Filter, Index Cond, Recheck Cond, TID Cond. */
  private static final Pattern LOOKED_AT = Pattern.compile("(Filter|Cond): ");

  /** An index of just the rows that are meant is read without another look at the condition. */
  private static final String EVERY_ROW =
      """
      SET LOCAL enable_seqscan = on;
      SET LOCAL enable_indexscan = off;
      SET LOCAL enable_indexonlyscan = off;
      SET LOCAL enable_bitmapscan = off;
      """;

  List<Problem> problems(JobTable queue) throws SQLException {
    var problems = new ArrayList<Problem>();
    connection.setAutoCommit(false);
    try (var settings = connection.createStatement()) {
      settings.execute(EVERY_ROW);
      problem("pause", queue, queue.pause()).ifPresent(problems::add);
      if (queue.failStuck() != null) {
        problem("failStuck", queue, queue.failStuck()).ifPresent(problems::add);
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    return problems;
  }

  /** The server itself says of a condition that it need not be looked at: it folds constants. */
  private Optional<Problem> problem(String field, JobTable queue, JobTable.Rows rows)
      throws SQLException {
    try (var explain =
            connection.prepareStatement(
                "EXPLAIN (COSTS OFF) " + JobTableCheck.texts(connection, queue, rows).which());
        var plan = explain.executeQuery()) {
      var lines = new ArrayList<String>();
      while (plan.next()) {
        lines.add(plan.getString(1).strip());
      }
      if (lines.contains(NEVER)) {
        return Optional.of(unbounded("ConditionNeverTrue", field, "no row of", queue));
      }
      return lines.stream().noneMatch(line -> LOOKED_AT.matcher(line).find())
          ? Optional.of(unbounded("ConditionAlwaysTrue", field, "every row of", queue))
          : Optional.empty();
    } catch (NotDoneException e) {
      return Optional.of(SqlErrors.problem(e.outcome()));
    }
  }

  private Problem unbounded(String reason, String field, String which, JobTable queue) {
    return new Problem(
        reason,
        "jobTable.%s.where is true for %s table %s in the %s, whatever is in it. Let it say which rows are meant, such as status = 'pending'."
            .formatted(field, which, queue.table(), database));
  }
}
