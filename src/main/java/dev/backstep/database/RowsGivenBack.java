package dev.backstep.database;

import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Gives the rows of updates in batches back, the newest update first and batch by batch. What is
 * back is forgotten with it; what somebody changed since stays remembered until the end, where it
 * is named.
 */
final class RowsGivenBack {
  private final Session session;
  private final Connection connection;
  private final BatchedUpdate effect;
  private final String mark;
  private final String set;

  RowsGivenBack(Session session, BatchedUpdate effect, String mark, RememberedTable table)
      throws NotDoneException {
    this.session = session;
    connection = session.connection();
    this.effect = effect;
    this.mark = mark;
    set = BatchTexts.set(effect.resume(), table);
  }

  Outcome done(Slice slice) throws SQLException, NotDoneException {
    var marks = BegunMarkers.takenBackBy(connection, effect);
    connection.rollback();
    if (marks.stream().noneMatch(it -> it.text().equals(effect.reverses()))) {
      return finished(0, MarkedTransactions.FORGOTTEN.formatted(session.name()));
    }
    List<String> drifted = new ArrayList<>();
    for (var one : marks) {
      drifted.addAll(givenBack(one, slice));
    }
    connection.rollback();
    return finished(
        Markers.row(connection, mark).orElseThrow().advanced(), Drifts.said(drifted).orElse(null));
  }

  private List<String> givenBack(Mark one, Slice slice) throws SQLException, NotDoneException {
    List<String> drifted = new ArrayList<>();
    for (var part = next(one, -1); part.isPresent(); part = next(one, part.getAsInt())) {
      if (slice.isOver()) {
        throw NotKnownException.goingOn("rows are given back, and it is not over yet");
      }
      drifted.addAll(givenBack(one, part.getAsInt()));
    }
    return drifted;
  }

  private List<String> givenBack(Mark one, int part) throws SQLException, NotDoneException {
    session.begin(false, effect.limits());
    var rows = RememberedRows.of(connection, one.text(), part, effect.rows());
    var back = rows.backForGood(set);
    if (!BegunMarkers.advance(connection, mark, back.restored())) {
      throw new NotDoneException(Markers.row(connection, mark).orElseThrow().outcome());
    }
    connection.commit();
    return back.drifted();
  }

  private OptionalInt next(Mark one, int after) throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT min(part) FROM backstep.remembered WHERE mark = ? AND part > ?")) {
      query.setString(1, one.text());
      query.setInt(2, after);
      try (var found = query.executeQuery()) {
        found.next();
        var part = found.getInt(1);
        return found.wasNull() ? OptionalInt.empty() : OptionalInt.of(part);
      }
    } finally {
      connection.rollback();
    }
  }

  private Outcome finished(long rows, String drift) throws SQLException {
    session.begin(false, effect.limits());
    BegunMarkers.end(
        connection, mark, Markers.State.done, "%d rows given back".formatted(rows), drift);
    var outcome = Markers.row(connection, mark).orElseThrow().outcome();
    connection.commit();
    return outcome;
  }
}
