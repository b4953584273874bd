package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * Brings effects on databases to a known end: the row of a mark is written without the effect, so
 * that the effect can never be done. Where another transaction is just writing that row, it is
 * waited for.
 */
@ApplicationScoped
public class Fence {
  private final Sessions sessions;

  public Fence(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Closes an effect. What cannot be done now must not happen later either.
   *
   * @param send carries it out; null: it is not wanted any more
   * @throws NotKnownException when it is still open
   */
  Outcome closed(SqlEffect effect, Mark mark, Author author, Supplier<Outcome> send) {
    var outcome = send == null ? null : send.get();
    if (outcome instanceof Outcome.NotSent again && !again.problem().equals(Deadline.OVER)) {
      throw new NotKnownException(again.problem().message());
    }
    if (outcome != null
        && !(outcome instanceof Outcome.NotSent)
        && !(outcome instanceof Outcome.Failed)) {
      return outcome;
    }
    var fenced = fenced(effect, mark, author);
    return fenced instanceof Outcome.Refused && outcome instanceof Outcome.Failed
        ? outcome
        : fenced;
  }

  /** Writes the row without the effect; if another one is there, that says how it ended. */
  Outcome fenced(SqlEffect effect, Mark mark, Author author) {
    try (var session = sessions.open(effect.databaseRef(), author, effect.statementTimeout())) {
      if (session.identity().differs(effect.database())) {
        return new Outcome.Unknown(session.another().message(), null);
      }
      Markers.make(session, effect.limits());
      session.begin(false, effect.limits());
      Markers.set(session.connection(), mark.text(), Markers.State.fenced);
      var row = Markers.row(session.connection(), mark.text());
      session.connection().commit();
      return row.orElseThrow(() -> new NotKnownException("a row that was written is not there"))
          .outcome();
    } catch (NoSessionException | SQLException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }
}
