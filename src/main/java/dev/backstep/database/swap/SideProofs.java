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

/**
 * Gives databases that are loaded what the live one has beside its content, in one transaction. It
 * is done before the swap, so that nobody is let in for a moment who was not before.
 */
@ApplicationScoped
public class SideProofs implements SqlEffector<SideProven> {
  private static final String DIFFERENT =
      "Database %1$s does not become as %2$s is, because user %3$s may not give or take it, so nothing was kept: %4$s. Let a superuser make both the same, and retry.";

  private final SwapSessions sessions;
  private final SwapClosing closing;

  public SideProofs(SwapSessions sessions, SwapClosing closing) {
    this.sessions = sessions;
    this.closing = closing;
  }

  @Override
  public Class<SideProven> type() {
    return SideProven.class;
  }

  @Override
  public Outcome send(SideProven effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect,
        mark,
        author,
        notAfter,
        (session, deadline) -> proven(session, deadline, effect, mark.text()));
  }

  private static Outcome proven(Session session, Deadline deadline, SideProven effect, String mark)
      throws SQLException, NotDoneException {
    session.begin(false, Commands.limits(effect.timeout()));
    var commands = new Commands(session.connection());
    commands.lock(effect.names());
    var situation = Situation.of(session, effect);
    var live = situation.live();
    var name = effect.names().side(effect.live());
    var side = situation.of(effect.side(), name, Note.State.Loaded, mark);
    same(session, live, side);
    var note = side.note().orElseThrow().in(Note.State.Verified).with(effect.facts());
    commands.comment(name, note.text());
    deadline.check();
    session.connection().commit();
    return Outcome.Applied.saying(
        "%d rights and settings are the same"
            .formatted(new Settings(session.connection()).of(live.oid()).size()));
  }

  /**
   * Makes one database as the other one in all that is in no dump, in the open transaction.
   *
   * @throws NotDoneException when it does not become the same
   */
  static void same(Session session, Databases.One live, Databases.One side)
      throws SQLException, NotDoneException {
    var settings = new Settings(session.connection());
    if (settings.differences(live.oid(), side.oid()).isEmpty()) {
      return;
    }
    settings.copy(live.oid(), side.oid());
    var different = settings.differences(live.oid(), side.oid());
    if (!different.isEmpty()) {
      throw NotDoneException.failed(
          "SettingsDiffer",
          DIFFERENT.formatted(
              side.name(), live.name(), session.user(), String.join("; ", different)));
    }
  }

  @Override
  public Outcome close(
      SideProven effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return closing.closed(
        effect,
        mark,
        author,
        wanted ? Optional.of(() -> send(effect, mark, author, notAfter)) : Optional.empty(),
        new SwapClosing.Signs(
            databases -> shown(databases, effect), databases -> databases.with(effect.side())));
  }

  private static Optional<Outcome> shown(Databases databases, SideProven effect) {
    return databases
        .with(effect.side())
        .filter(it -> it.is(effect.names(), Note.State.Verified) || databases.isLive(it.oid()))
        .map(it -> new Outcome.Applied(null));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SideProven>> sent, List<Sent<?>> back, Author author) {
    return Step.done("there is nothing to put back.").now();
  }
}
