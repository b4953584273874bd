package dev.backstep.database.swap;

import dev.backstep.database.Session;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * How far the loading of a side database is, which the loader writes into its {@link Note}. Two
 * loaders never begin with the same one.
 */
public final class SideNotes {
  private static final String COMMENT =
      "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = ?";

  private final Session session;
  private final Names names;
  private final String side;

  /**
   * The notes of a side database.
   *
   * @param session with the maintenance database
   */
  public SideNotes(Session session, Names names, String side) {
    this.session = session;
    this.names = names;
    this.side = side;
  }

  /**
   * It is being loaded from now on.
   *
   * @throws ProblemException when it was not just made, and by this attempt of this restore
   */
  public void loading() throws SQLException, ProblemException {
    move(Note.State.Created, Note.State.Loading, Map.of());
  }

  /**
   * It is loaded.
   *
   * @param facts what is known of it
   * @throws ProblemException when it is not what {@link #loading} left
   */
  public void loaded(Map<String, String> facts) throws SQLException, ProblemException {
    move(Note.State.Loading, Note.State.Loaded, facts);
  }

  private void move(Note.State from, Note.State to, Map<String, String> facts)
      throws SQLException, ProblemException {
    var connection = session.connection();
    var commands = new Commands(connection);
    connection.setAutoCommit(false);
    try {
      commands.lock(names);
      var note = note();
      if (note.filter(it -> is(it, from)).isEmpty()) {
        throw new ProblemException(unexpected(note, from));
      }
      var next = note.get().in(to);
      for (var fact : facts.entrySet()) {
        next = next.with(fact.getKey(), fact.getValue());
      }
      commands.comment(side, next.text());
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private boolean is(Note note, Note.State state) {
    return note.restore().equals(names.tag())
        && note.attempt() == names.attempt()
        && note.state() == state;
  }

  private Problem unexpected(Optional<Note> found, Note.State wanted) {
    return found.filter(it -> is(it, Note.State.Loading)).isPresent()
        ? new Problem(
            "LoadInterrupted",
            "A program that was ended meanwhile loaded database %s before, so it is of no use any more. It is begun anew in a new one."
                .formatted(side))
        : new Problem(
            "SideUnexpected",
            "Database %s is not the one that was made for this restore: it is %s, and not %s. It is begun anew in a new one."
                .formatted(side, found.map(note -> note.state().name()).orElse("gone"), wanted));
  }

  private Optional<Note> note() throws SQLException {
    try (var query = session.connection().prepareStatement(COMMENT)) {
      query.setString(1, side);
      try (var found = query.executeQuery()) {
        return found.next() ? Note.of(found.getString(1)) : Optional.empty();
      }
    }
  }
}
