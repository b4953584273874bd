package dev.backstep.database.swap;

import dev.backstep.database.Deadline;
import dev.backstep.database.Session;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings effects on whole databases to a known end. First the sessions are ended that are left of
 * the effect, so that nothing more comes of them; then the server shows whether it was done. What
 * was not, and must not be any more, is written into the note of the database that it needs.
 */
@ApplicationScoped
public class SwapClosing {
  private static final String LEFT =
      "FROM pg_catalog.pg_stat_activity WHERE usename = current_user AND application_name = ? AND pid <> pg_catalog.pg_backend_pid()";

  /**
   * Waits for each until it is gone, for 5 seconds; what it says of one that just went is no news.
   */
  private static final String END_LEFT =
      "SELECT pg_catalog.pg_terminate_backend(pid, 5000) " + LEFT;

  private static final String ANY_LEFT = "SELECT pid " + LEFT;

  private final SwapSessions sessions;

  public SwapClosing(SwapSessions sessions) {
    this.sessions = sessions;
  }

  /**
   * What an effector knows of one of its effects.
   *
   * @param shown how it ended, as the databases show it; empty: it was not done
   * @param needs the database without which, or with a fence in whose note, it cannot be done
   */
  record Signs(
      Function<Databases, Optional<Outcome>> shown,
      Function<Databases, Optional<Databases.One>> needs) {}

  /**
   * Closes an effect.
   *
   * @param send carries it out; empty: it is not wanted any more
   * @throws NotKnownException when it is still open
   */
  Outcome closed(
      SwapEffect effect, Mark mark, Author author, Optional<Supplier<Outcome>> send, Signs signs) {
    var shown = left(effect, mark, author, signs);
    if (shown.isPresent()) {
      return shown.get();
    }
    var sent = send.map(Supplier::get);
    if (sent.isPresent() && !isFinal(sent.get())) {
      return fenced(effect, mark, author, signs, sent.get());
    }
    return sent.orElseGet(() -> fenced(effect, mark, author, signs, new Outcome.Refused(null)));
  }

  /** What cannot be done now must not happen later either; what may be tried again stays open. */
  private static boolean isFinal(Outcome sent) {
    if (sent instanceof Outcome.NotSent again && !again.problem().equals(Deadline.OVER)) {
      throw new NotKnownException(again.problem().message());
    }
    return !(sent instanceof Outcome.NotSent) && !(sent instanceof Outcome.Failed);
  }

  /** How it ended, once nobody is at it any more; empty: it was not done. */
  Optional<Outcome> left(SwapEffect effect, Mark mark, Author author, Signs signs) {
    return sessions.closing(effect, mark, author, session -> left(session, effect, mark, signs));
  }

  private static Optional<Outcome> left(Session session, SwapEffect effect, Mark mark, Signs signs)
      throws SQLException {
    isAny(session, END_LEFT, mark);
    if (isAny(session, ANY_LEFT, mark)) {
      throw new NotKnownException("a session that is left of the effect does not end");
    }
    return signs.shown().apply(Databases.of(session, effect.names()));
  }

  private static boolean isAny(Session session, String sql, Mark mark) throws SQLException {
    try (var query = session.connection().prepareStatement(sql)) {
      query.setString(1, SwapSessions.application(mark));
      try (var found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  /**
   * Sees to it that an effect is never done.
   *
   * @param otherwise how it ended, where it was not done
   */
  private Outcome fenced(
      SwapEffect effect, Mark mark, Author author, Signs signs, Outcome otherwise) {
    return fence(effect, mark, author, signs)
        .orElse(otherwise instanceof Outcome.Failed ? otherwise : new Outcome.Refused(null));
  }

  /** How it ended; empty: it was not done, and never will be. */
  Optional<Outcome> fence(SwapEffect effect, Mark mark, Author author, Signs signs) {
    return sessions.closing(effect, mark, author, session -> fence(session, effect, mark, signs));
  }

  private static Optional<Outcome> fence(Session session, SwapEffect effect, Mark mark, Signs signs)
      throws SQLException {
    session.begin(false, Commands.limits(effect.timeout()));
    var commands = new Commands(session.connection());
    commands.lock(effect.names());
    var databases = Databases.of(session, effect.names());
    var shown = signs.shown().apply(databases);
    if (shown.isEmpty()) {
      var needed = signs.needs().apply(databases).filter(it -> it.isOf(effect.names()));
      if (needed.isPresent()) {
        var note = needed.get().note().orElseThrow().fencing(mark.text());
        commands.comment(needed.get().name(), note.text());
      }
    }
    session.connection().commit();
    return shown;
  }
}
