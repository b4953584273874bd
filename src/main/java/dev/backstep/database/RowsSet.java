package dev.backstep.database;

import dev.backstep.effect.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets the rows of an update in batches. Where they are is looked up in one query for many batches,
 * which locks nothing; what was moved since, and what somebody has locked, is found by the next
 * one.
 */
final class RowsSet {
  /** How many places one query finds. */
  private static final int FOUND_AT_ONCE = 100_000;

  /** A trigger or a policy may keep rows as they are, and so may somebody who just changed them. */
  private static final int ROUNDS_IN_VAIN = 3;

  private static final String CANCELLED = "57014";

  private final Session session;
  private final Connection connection;
  private final BatchedUpdate effect;
  private final String mark;
  private final BatchTexts texts;
  private final Pace pace = new Pace();
  private int part;

  RowsSet(Session session, BatchedUpdate effect, String mark, RememberedTable table)
      throws NotDoneException {
    this.session = session;
    connection = session.connection();
    this.effect = effect;
    this.mark = mark;
    texts = BatchTexts.of(effect, table);
  }

  /** What is said of an effect that is done. */
  static String said(long rows, String table) {
    return "%d rows of table %s set".formatted(rows, table);
  }

  /** What became of rows. */
  private record Rows(long locked, long set) {
    Rows and(Rows more) {
      return new Rows(locked + more.locked, set + more.set);
    }
  }

  /** Sets all rows that nobody has locked. What is left then is left to another effect. */
  Outcome done(Slice slice) throws SQLException, NotDoneException {
    part = firstPart();
    var inVain = 0;
    while (!slice.isOver() && inVain < ROUNDS_IN_VAIN) {
      var rows = set(places(), slice);
      if (rows.locked() == 0) {
        return finished();
      }
      inVain = rows.set() == 0 ? inVain + 1 : 0;
    }
    if (inVain == ROUNDS_IN_VAIN) {
      throw NotDoneException.failed(
          "RowsStayAsTheyAre",
          "Rows of table %s are set and stay as they are: a trigger or a policy of the table keeps them so. Look at its triggers."
              .formatted(effect.table()));
    }
    return finished();
  }

  /** A batch that went before this process has a part of its own. */
  private int firstPart() throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT coalesce(max(part) + 1, 0) FROM backstep.remembered WHERE mark = ?")) {
      query.setString(1, mark);
      try (var found = query.executeQuery()) {
        found.next();
        return found.getInt(1);
      }
    }
  }

  private List<String> places() throws SQLException {
    connection.rollback();
    session.begin(false, effect.limits());
    List<String> places = new ArrayList<>();
    try (var query = connection.prepareStatement(texts.places())) {
      query.setFetchSize(Pace.LARGEST);
      query.setInt(1, FOUND_AT_ONCE);
      try (var found = query.executeQuery()) {
        while (found.next()) {
          places.add(found.getString(1));
        }
      }
    }
    connection.commit();
    return places;
  }

  private Rows set(List<String> places, Slice slice) throws SQLException, NotDoneException {
    var rows = new Rows(0, 0);
    var from = 0;
    while (from < places.size() && !slice.isOver()) {
      var to = Math.min(from + pace.rows(), places.size());
      try {
        rows = rows.and(batch(places.subList(from, to)));
        from = to;
      } catch (SQLException e) {
        connection.rollback();
        if (!CANCELLED.equals(e.getSQLState()) || !pace.tooLong()) {
          throw e;
        }
      }
    }
    return rows;
  }

  private Rows batch(List<String> places) throws SQLException, NotDoneException {
    var limit = pace.limit(effect.statementTimeout());
    session.begin(false, new Session.Limits(effect.lockTimeout(), limit));
    var begun = System.nanoTime();
    var rows = executed("{\"%s\"}".formatted(String.join("\",\"", places)));
    if (!BegunMarkers.advance(connection, mark, rows.set())) {
      throw new NotDoneException(Markers.row(connection, mark).orElseThrow().outcome());
    }
    connection.commit();
    part++;
    pace.took(Duration.ofNanos(System.nanoTime() - begun));
    return rows;
  }

  private Rows executed(String places) throws SQLException, NotDoneException {
    try (var statement =
        connection.prepareStatement(effect.kept() ? texts.keptBatch() : texts.batch())) {
      statement.setString(1, places);
      statement.setString(2, places);
      if (effect.kept()) {
        statement.setString(3, mark);
        statement.setInt(4, part);
      }
      try (var done = statement.executeQuery()) {
        done.next();
        if (done.getLong(3) > 0) {
          throw NotDoneException.failed(
              "ConditionStaysTrue",
              "Rows of table %s that are set to %s still match %s, so they would be set again and again. Let the condition exclude what is set."
                  .formatted(effect.table(), BatchTexts.shown(effect.set()), effect.where()));
        }
        return new Rows(done.getLong(1), done.getLong(2));
      }
    }
  }

  private Outcome finished() throws SQLException {
    session.begin(false, effect.limits());
    BegunMarkers.advance(connection, mark, 0);
    var row = Markers.row(connection, mark).orElseThrow();
    BegunMarkers.end(
        connection, mark, Markers.State.done, said(row.advanced(), texts.table().name()), null);
    var outcome = Markers.row(connection, mark).orElseThrow().outcome();
    connection.commit();
    return outcome;
  }
}
