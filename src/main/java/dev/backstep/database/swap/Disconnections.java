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
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Ends sessions, and waits until those are gone that can be ended. */
@ApplicationScoped
public class Disconnections implements SqlEffector<Disconnection> {
  /** One that may not be ended must not keep the others from being ended. */
  private static final String END =
      """
      DO $$
      DECLARE one integer;
      BEGIN
        FOR one IN SELECT pid FROM pg_catalog.pg_stat_activity
          WHERE datid = %d AND usesysid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
            AND NOT pg_catalog.starts_with(application_name, 'backstep')
        LOOP
          BEGIN
            PERFORM pg_catalog.pg_terminate_backend(one);
          EXCEPTION WHEN insufficient_privilege THEN NULL;
          END;
        END LOOP;
      END $$
      """;

  private static final String PAUSE = "SELECT pg_catalog.pg_sleep(0.2)";

  /** Who is still there after so many of them connects again and again. */
  private static final int LOOKS = 25;

  private final SwapSessions sessions;
  private final SwapClosing closing;

  public Disconnections(SwapSessions sessions, SwapClosing closing) {
    this.sessions = sessions;
    this.closing = closing;
  }

  @Override
  public Class<Disconnection> type() {
    return Disconnection.class;
  }

  @Override
  public Outcome send(Disconnection effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect,
        mark,
        author,
        notAfter,
        (session, deadline) -> ended(session, deadline, effect, mark.text()));
  }

  private static Outcome ended(
      Session session, Deadline deadline, Disconnection effect, String mark)
      throws SQLException, NotDoneException {
    var situation = Situation.of(session, effect);
    var live = situation.live();
    situation.of(effect.side(), effect.names().side(effect.live()), Note.State.Verified, mark);
    deadline.check();
    var commands = new Commands(session.connection());
    var others = endable(session, live);
    var found = OtherSession.count(others);
    for (var look = 0; look < LOOKS && !others.isEmpty(); look++) {
      commands.execute(END.formatted(live.oid()));
      commands.execute(PAUSE);
      others = endable(session, live);
    }
    return Outcome.Applied.saying(
        others.isEmpty()
            ? "sessions ended: %d".formatted(found)
            : "sessions ended: %d; there again: %s".formatted(found, OtherSession.all(others)));
  }

  private static List<OtherSession> endable(Session session, Databases.One live)
      throws SQLException {
    return OtherSessions.with(session, live.oid()).stream()
        .filter(OtherSession::endable)
        .filter(it -> !it.ours())
        .toList();
  }

  @Override
  public Outcome close(
      Disconnection effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return closing.closed(
        effect,
        mark,
        author,
        wanted ? Optional.of(() -> send(effect, mark, author, notAfter)) : Optional.empty(),
        new SwapClosing.Signs(
            databases -> Optional.empty(), databases -> databases.with(effect.side())));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<Disconnection>> sent, List<Sent<?>> back, Author author) {
    return Step.done("there is nothing to put back.").now();
  }
}
