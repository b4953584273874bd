package dev.backstep.database.swap;

import dev.backstep.database.Deadline;
import dev.backstep.database.NotDoneException;
import dev.backstep.database.Session;
import dev.backstep.database.SqlEffector;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Drops databases that restores made or put aside, and no others. */
@ApplicationScoped
public class DatabaseDrops implements SqlEffector<DatabaseDrop> {
  /** Those of a loader that is gone, which the server may not have noticed; it waits for each. */
  private static final String END_OWN =
      "SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity WHERE datid = ? AND usename = current_user";

  /** SQL's state: somebody is connected. */
  private static final String IN_USE = "55006";

  private final SwapSessions sessions;
  private final SwapClosing closing;

  public DatabaseDrops(SwapSessions sessions, SwapClosing closing) {
    this.sessions = sessions;
    this.closing = closing;
  }

  @Override
  public Class<DatabaseDrop> type() {
    return DatabaseDrop.class;
  }

  @Override
  public Outcome send(DatabaseDrop effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect,
        mark,
        author,
        notAfter,
        (session, deadline) -> dropped(session, deadline, effect, mark.text()));
  }

  private static Outcome dropped(
      Session session, Deadline deadline, DatabaseDrop effect, String mark)
      throws SQLException, NotDoneException {
    var commands = new Commands(session.connection());
    commands.lockForSession(effect.names());
    var databases = Databases.of(session, effect.names());
    var found = databases.with(effect.oid());
    if (found.isEmpty()) {
      return gone(effect);
    }
    check(databases, found.get(), effect, mark);
    endOwn(session, effect);
    deadline.check();
    try {
      commands.drop(effect.name());
    } catch (SQLException e) {
      if (IN_USE.equals(e.getSQLState())) {
        return inUse(session, effect);
      }
      throw e;
    }
    return gone(effect);
  }

  private static Outcome gone(DatabaseDrop effect) {
    return Outcome.Applied.saying("%s is gone".formatted(effect.name()));
  }

  private static void check(
      Databases databases, Databases.One found, DatabaseDrop effect, String mark)
      throws NotDoneException {
    var names = effect.names();
    if (databases.isLive(effect.oid())
        || !found.name().equals(effect.name())
        || !found.name().startsWith(names.prefix(effect.live()))) {
      throw NotDoneException.failed(
          "NotOfTheRestore",
          "Database %s is %s now, which this restore does not drop. Nothing was done."
              .formatted(effect.name(), found.name()));
    }
    if (found.comment() != null && !found.isOf(names)) {
      throw NotDoneException.failed(
          "NotOfTheRestore",
          "Database %1$s does not say that this restore made it, so it is not dropped. If nobody needs it, do it by hand: DROP DATABASE \"%1$s\";"
              .formatted(found.name()));
    }
    if (found.note().filter(it -> it.fences(mark)).isPresent()) {
      throw new NotDoneException(new Outcome.Refused(null));
    }
  }

  private static void endOwn(Session session, DatabaseDrop effect) throws SQLException {
    try (var end = session.connection().prepareStatement(END_OWN)) {
      end.setLong(1, effect.oid());
      end.execute();
    }
  }

  private static Outcome inUse(Session session, DatabaseDrop effect) throws SQLException {
    var others = OtherSessions.with(session, effect.oid());
    return new Outcome.NotSent(
        new Problem(
            "SessionsRemain",
            "Database %1$s was not dropped, because others are connected to it: %2$s It is tried again. End them: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%1$s';"
                .formatted(effect.name(), OtherSession.all(others))));
  }

  @Override
  public Outcome close(
      DatabaseDrop effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return closing.closed(
        effect,
        mark,
        author,
        wanted ? Optional.of(() -> send(effect, mark, author, notAfter)) : Optional.empty(),
        new SwapClosing.Signs(
            databases ->
                databases.with(effect.oid()).isPresent()
                    ? Optional.empty()
                    : Optional.of(gone(effect)),
            databases -> databases.with(effect.oid())));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<DatabaseDrop>> sent, List<Sent<?>> back, Author author) {
    var names = String.join(", ", sent.stream().map(it -> it.effect().name()).toList());
    return Step.of(
            new Work.Drifted("what was dropped does not come back: database %s.".formatted(names)))
        .now();
  }
}
