package dev.backstep.database;

import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an effect does between the beginning of its transaction and the commit: what is to be taken
 * back is written back, rows are remembered, the statements are executed, and the check is made.
 */
final class TransactionBody {
  /** Rows come in portions: a query that is executed for what it does may have many. */
  private static final int PORTION = 1000;

  private final Connection connection;
  private final SqlTransaction effect;
  private final String mark;
  private final Checking checking;
  private final List<String> steps = new ArrayList<>();

  TransactionBody(
      Connection connection, SqlTransaction effect, String mark, CheckConditions conditions) {
    this.connection = connection;
    this.effect = effect;
    this.mark = mark;
    checking = new Checking(connection, effect.check(), effect.binds(), conditions);
  }

  /**
   * What was done.
   *
   * @param steps what each statement affected
   * @param affected rows, as the statements report them
   * @param restored rows that were written back
   * @param drifted rows that were not, because somebody else changed them since
   * @param seen what the check saw; empty: there is none
   */
  record Done(List<String> steps, long affected, long restored, List<String> drifted, String seen) {
    Outcome.Applied applied(boolean reverses) {
      var said = "%d rows affected".formatted(affected);
      return new Outcome.Applied(
          null, reverses ? "%d rows written back, %s".formatted(restored, said) : said, drift());
    }

    /** For people who ask what would be done. */
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      if (steps.size() > 1) {
        lines.addAll(steps);
      }
      lines.add("%d rows affected".formatted(affected));
      if (restored > 0) {
        lines.add("%d rows written back".formatted(restored));
      }
      if (!seen.isEmpty()) {
        lines.add("check: %s".formatted(seen));
      }
      if (drift() != null) {
        lines.add(drift());
      }
      return lines;
    }

    private String drift() {
      return Drifts.said(drifted).orElse(null);
    }
  }

  /**
   * Does it all.
   *
   * @throws NotDoneException when it is to be rolled back, with how the effect ends then
   */
  Done done() throws SQLException, NotDoneException {
    var script = Script.of(effect.statements());
    script.check(effect.binds().keySet());
    checking.before();
    if (effect.reverses() != null) {
      var back = back();
      return new Done(steps, executed(script), back.restored(), back.drifted(), "");
    }
    var remembered = remembered(mark);
    for (var i = 0; i < remembered.size(); i++) {
      remembered.get(i).before(effect.remember().get(i).where(), effect.binds());
    }
    var affected = executed(script);
    for (var rows : remembered) {
      rows.after();
    }
    return new Done(steps, affected, 0, List.of(), checking.after(affected));
  }

  private List<RememberedRows> remembered(String of) throws SQLException, NotDoneException {
    List<RememberedRows> remembered = new ArrayList<>();
    for (var i = 0; i < effect.remember().size(); i++) {
      remembered.add(RememberedRows.of(connection, of, i, effect.remember().get(i)));
    }
    return remembered;
  }

  private RememberedRows.Back back() throws SQLException, NotDoneException {
    var restored = 0L;
    List<String> drifted = new ArrayList<>();
    for (var rows : remembered(effect.reverses())) {
      var back = rows.back();
      restored += back.restored();
      drifted.addAll(back.drifted());
    }
    return new RememberedRows.Back(restored, drifted);
  }

  private long executed(Script script) throws SQLException, NotDoneException {
    var affected = 0L;
    var number = 0;
    for (var statement : script.statements()) {
      number++;
      try (var prepared = statement.prepared(connection, effect.binds())) {
        var rows = affected(prepared, statement);
        steps.add("statement %d, %s: %d rows".formatted(number, statement.words(), rows));
        affected += rows;
      } catch (SQLException e) {
        throw new NotDoneException(
            SqlErrors.outcome(
                e, effect.binds(), "Statement %d, %s,".formatted(number, statement.words())));
      }
      if (effect.maxRows() != null && affected > effect.maxRows()) {
        throw NotDoneException.failed(
            "TooManyRows",
            "After statement %d, %s, %d rows were affected, and maxRows is %d. All was rolled back."
                .formatted(number, statement.words(), affected, effect.maxRows()));
      }
    }
    return affected;
  }

  /** A query is only executed as far as its rows are fetched. */
  private static long affected(PreparedStatement prepared, Script.Statement statement)
      throws SQLException {
    prepared.setFetchSize(PORTION);
    if (!prepared.execute()) {
      return Math.max(0, prepared.getLargeUpdateCount());
    }
    var rows = 0L;
    try (var result = prepared.getResultSet()) {
      while (result.next()) {
        rows++;
      }
    }
    return statement.returnsChangedRows() ? rows : 0;
  }
}
