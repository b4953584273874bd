package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Words;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The check of one effect, in its transaction: what it saw before the statements, and after. */
final class Checking {
  private final Connection connection;
  private final Sql.Check check;
  private final Map<String, String> binds;
  private final CheckConditions conditions;
  private Object before = QueryAnswer.NONE.value();

  Checking(
      Connection connection,
      Sql.Check check,
      Map<String, String> binds,
      CheckConditions conditions) {
    this.connection = connection;
    this.check = check;
    this.binds = binds;
    this.conditions = conditions;
  }

  /** Before the statements the query may look at a table that they are about to make. */
  void before() throws SQLException, NotDoneException {
    if (check == null) {
      return;
    }
    var here = connection.setSavepoint();
    try {
      before = answer().value();
    } catch (SQLException e) {
      if (!SqlErrors.byServer(e)) {
        throw e;
      }
      connection.rollback(here);
    }
    connection.releaseSavepoint(here);
  }

  /**
   * Looks after the statements.
   *
   * @return what it saw, without texts; empty: there is no check
   * @throws NotDoneException when the condition is false or fails
   */
  String after(long affected) throws SQLException, NotDoneException {
    if (check == null) {
      return "";
    }
    var answer = answer();
    var values =
        Map.of(
            "value", answer.value(), "rows", answer.rows(), "before", before, "affected", affected);
    try {
      var result = conditions.compiled(check.successCondition()).evaluate(values);
      var seen = Words.of(result.seen());
      if (!result.met()) {
        throw NotDoneException.failed(
            "CheckFailed",
            "The check was not true, so all was rolled back: wanted %s; %s."
                .formatted(check.successCondition(), seen));
      }
      return seen;
    } catch (EvaluationFailedException | InvalidExpressionException e) {
      throw NotDoneException.failed(
          "CheckFailed",
          "The check has no result, so all was rolled back: %s. Correct check.successCondition."
              .formatted(e.getMessage()));
    }
  }

  private QueryAnswer answer() throws SQLException, NotDoneException {
    var script = Script.of(check.query());
    script.check(binds.keySet());
    if (script.statements().size() != 1) {
      throw noQuery();
    }
    try (var query = script.statements().get(0).prepared(connection, binds)) {
      query.setMaxRows(QueryAnswer.MOST_ROWS);
      if (!query.execute()) {
        throw noQuery();
      }
      return QueryAnswer.of(query.getResultSet());
    }
  }

  private static NotDoneException noQuery() {
    return NotDoneException.failed(
        "CheckFailed", "check.query is not one query. Let it be one SELECT; all was rolled back.");
  }
}
