package dev.backstep.database;

import dev.backstep.api.v1alpha1.action.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows as they were before an effect, and as it left them, kept in the database that they belong
 * to. A value is kept as the text that PostgreSQL writes for it, which it reads again exactly, and
 * is compared as text too: not every type knows what equal means.
 */
final class RememberedRows {
  private final Connection connection;
  private final String mark;
  private final int part;
  private final RememberedTable table;

  private RememberedRows(Connection connection, String mark, int part, RememberedTable table) {
    this.connection = connection;
    this.mark = mark;
    this.part = part;
    this.table = table;
  }

  /**
   * Rows of one table.
   *
   * @param mark of the effect that changes them
   * @param part index within what the effect remembers
   */
  static RememberedRows of(Connection connection, String mark, int part, Sql.Remember remember)
      throws SQLException, NotDoneException {
    var table = RememberedTable.of(connection, remember);
    return new RememberedRows(connection, mark, part, table);
  }

  /** True when the database has a place for rows at all. */
  static boolean any(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery("SELECT to_regclass('backstep.remembered') IS NOT NULL")) {
      found.next();
      return found.getBoolean(1);
    }
  }

  /** What became of writing rows back. */
  record Back(long restored, List<String> drifted) {}

  /** Keeps the rows as they are, and keeps others from changing them until the transaction ends. */
  void before(String where, Map<String, String> binds) throws SQLException, NotDoneException {
    var condition = Script.ofExpression(where);
    condition.check(binds.keySet());
    if (condition.statements().size() > 1) {
      throw NotDoneException.failed(
          "RememberInvalid",
          "remember.where of table %s is not one condition. Take the semicolon out."
              .formatted(table.name()));
    }
    var some = condition.statements().isEmpty() ? null : condition.statements().get(0);
    var text = table.selectBefore(some == null ? "true" : some.text());
    try (var insert =
        prepared("INSERT INTO backstep.remembered (mark, part, table_name, key, before) " + text)) {
      insert.setString(3, table.name());
      if (some != null) {
        some.bind(insert, 4, binds);
      }
      insert.executeUpdate();
    }
    unique();
  }

  private void unique() throws SQLException, NotDoneException {
    try (var query =
            prepared(
                "SELECT 1 FROM backstep.remembered WHERE mark = ? AND part = ? GROUP BY key HAVING count(*) > 1");
        var twice = query.executeQuery()) {
      if (twice.next()) {
        throw NotDoneException.failed(
            "RememberInvalid",
            "Several rows of table %s have the same values in the columns of remember.key. Name columns that are unique together."
                .formatted(table.name()));
      }
    }
  }

  /** Keeps the rows as the effect left them; those that it did not change are forgotten. */
  void after() throws SQLException, NotDoneException {
    try (var update = prepared(table.updateAfter())) {
      update.executeUpdate();
    }
    try (var delete =
        prepared(
            "DELETE FROM backstep.remembered WHERE mark = ? AND part = ? AND before = after")) {
      delete.executeUpdate();
    }
    try (var query =
            prepared(
                "SELECT 1 FROM backstep.remembered WHERE mark = ? AND part = ? AND after IS NULL");
        var gone = query.executeQuery()) {
      if (gone.next() && !table.others().isEmpty()) {
        throw NotDoneException.failed(
            "RememberInvalid",
            "The statements delete rows of table %s, but remember.columns does not keep %s, so they could not come back whole. Add these columns; all was rolled back."
                .formatted(table.name(), String.join(", ", table.others())));
      }
    }
  }

  /** Writes the rows back that are as the effect left them; all others are left alone. */
  Back back() throws SQLException {
    try (var lock = prepared(table.lock())) {
      lock.execute();
    }
    var drifted = List.copyOf(drifted().values());
    try (var update = prepared(table.updateBack());
        var insert = prepared(table.insertBack())) {
      return new Back(update.executeUpdate() + insert.executeUpdate(), drifted);
    }
  }

  /**
   * As {@link #back}, of rows that are all still there if nobody deleted them; those that have come
   * back are forgotten, so that who goes on after a crash finds what is left.
   *
   * @param set what is assigned to them; empty: each has the values that it had
   */
  Back backForGood(String set) throws SQLException {
    try (var lock = prepared(table.lock())) {
      lock.execute();
    }
    var drifted = drifted();
    try (var update = prepared(set.isEmpty() ? table.updateBack() : table.updateTo(set))) {
      var back = new Back(update.executeUpdate(), List.copyOf(drifted.values()));
      forget(drifted.keySet());
      return back;
    }
  }

  private void forget(Set<Long> allBut) throws SQLException {
    try (var delete =
        prepared(
            "DELETE FROM backstep.remembered WHERE mark = ? AND part = ? AND number <> ALL (?)")) {
      delete.setArray(3, connection.createArrayOf("bigint", allBut.toArray()));
      delete.executeUpdate();
    }
  }

  /** What people call the rows that somebody changed since, by their number here. */
  private Map<Long, String> drifted() throws SQLException {
    Map<Long, String> drifted = new LinkedHashMap<>();
    try (var query = prepared(table.drifted());
        var keys = query.executeQuery()) {
      while (keys.next()) {
        drifted.put(keys.getLong(2), "%s %s".formatted(table.name(), keys.getString(1)));
      }
    }
    return drifted;
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    var prepared = connection.prepareStatement(sql);
    prepared.setString(1, mark);
    prepared.setInt(2, part);
    return prepared;
  }
}
