package dev.backstep.database;

import dev.backstep.effect.Mark;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The rows of effects that are done in many transactions: how far each is, and how it ended. */
final class BegunMarkers {
  /** While an effect of many transactions is carried out, the rows that it changed so far. */
  private static final String ADVANCE =
      "UPDATE backstep.effect SET said = (coalesce(said, '0')::bigint + ?)::text WHERE mark = ? AND state = 'begun'";

  private static final String END =
      "UPDATE backstep.effect SET state = ?, said = ?, drift = ? WHERE mark = ? AND state = 'begun'";

  /** Marks of one action, as far as it did them. */
  private static final String DONE_BY =
      "SELECT mark FROM backstep.effect WHERE starts_with(mark, ?) AND state = 'done'";

  private BegunMarkers() {}

  /**
   * Some more rows are changed by an effect that is begun, in the transaction that changes them.
   * Who ends it waits for that transaction.
   *
   * @return false: somebody ended the effect
   */
  static boolean advance(Connection connection, String mark, long rows) throws SQLException {
    try (var update = connection.prepareStatement(ADVANCE)) {
      update.setLong(1, rows);
      update.setString(2, mark);
      return update.executeUpdate() == 1;
    }
  }

  /** An effect that is begun is over; one that is over already stays as it is. */
  static void end(
      Connection connection, String mark, Markers.State state, String said, String drift)
      throws SQLException {
    try (var update = connection.prepareStatement(END)) {
      update.setString(1, state.name());
      update.setString(2, said);
      update.setString(3, drift);
      update.setString(4, mark);
      update.executeUpdate();
    }
  }

  /** The marks of effects that are done and that one takes back, the newest first. */
  static List<Mark> takenBackBy(Connection connection, SqlEffect reversal) throws SQLException {
    var newest = Mark.parsed(reversal.reverses());
    List<Mark> marks = new ArrayList<>();
    try (var select = connection.prepareStatement(DONE_BY)) {
      select.setString(1, "%s/%s/".formatted(newest.claim(), newest.action()));
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          if (reversal.takesBack(rows.getString(1))) {
            marks.add(Mark.parsed(rows.getString(1)));
          }
        }
      }
    }
    marks.sort(Comparator.comparingInt(Mark::number).reversed());
    return marks;
  }
}
