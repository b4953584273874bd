package dev.backstep.database;

import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * An update in batches, from the row that says that it is begun to the one that says how it ended.
 */
final class BegunUpdate {
  private final Session session;
  private final Connection connection;
  private final BatchedUpdate effect;
  private final String mark;

  BegunUpdate(Session session, BatchedUpdate effect, String mark) {
    this.session = session;
    connection = session.connection();
    this.effect = effect;
    this.mark = mark;
  }

  /**
   * Begins it, unless it was begun.
   *
   * @return false: it is over
   * @throws NotDoneException when it was not begun, and it is too late for that
   */
  boolean begun(Deadline deadline) throws SQLException, NotDoneException {
    session.begin(false, effect.limits());
    var earlier = row();
    if (earlier.isEmpty()) {
      deadline.check();
      Markers.set(connection, mark, Markers.State.begun);
    }
    connection.commit();
    return row().orElseThrow().state() == Markers.State.begun;
  }

  Optional<Markers.Row> row() throws SQLException {
    return Markers.row(connection, mark);
  }

  /**
   * Does what is left of it, as long as the slice is.
   *
   * @throws NotKnownException when it goes on later
   */
  Outcome carriedOn(Slice slice) throws SQLException {
    connection.rollback();
    try {
      var table = RememberedTable.of(connection, effect.rows());
      return effect.reverses() == null
          ? new RowsSet(session, effect, mark, table).done(slice)
          : new RowsGivenBack(session, effect, mark, table).done(slice);
    } catch (NotDoneException e) {
      return ended(e.outcome());
    } catch (SQLException e) {
      return ended(SqlErrors.outcome(e, Map.of()));
    }
  }

  /** What was done by then stays; what others cause does not end it. */
  private Outcome ended(Outcome outcome) throws SQLException {
    if (outcome instanceof Outcome.NotSent later) {
      throw new NotKnownException(later.problem().message());
    }
    if (!(outcome instanceof Outcome.Failed failed)) {
      return outcome;
    }
    connection.rollback();
    var stopped = stopped();
    return stopped instanceof Outcome.Refused ? failed : stopped;
  }

  /**
   * Nothing of it can happen any more: what was done until now is all of it. Rows that were not
   * given back are still remembered, and another effect can do it.
   */
  Outcome stopped() throws SQLException {
    session.begin(false, effect.limits());
    Markers.set(connection, mark, Markers.State.fenced);
    BegunMarkers.advance(connection, mark, 0);
    var rows = row().orElseThrow().advanced();
    if (rows > 0 && effect.reverses() == null) {
      BegunMarkers.end(
          connection, mark, Markers.State.done, RowsSet.said(rows, effect.table()), null);
    } else {
      BegunMarkers.end(connection, mark, Markers.State.fenced, null, null);
    }
    var outcome = row().orElseThrow().outcome();
    connection.commit();
    return outcome;
  }

  /** How many rows are to be set, counted up to a number. */
  static long count(Connection connection, BatchTexts texts, int most) throws SQLException {
    try (var query = connection.prepareStatement(texts.count())) {
      query.setInt(1, most);
      try (var counted = query.executeQuery()) {
        counted.next();
        return counted.getLong(1);
      }
    }
  }
}
