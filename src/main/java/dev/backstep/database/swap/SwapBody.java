package dev.backstep.database.swap;

import dev.backstep.database.Deadline;
import dev.backstep.database.NotDoneException;
import dev.backstep.database.Session;
import dev.backstep.database.SqlErrors;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The swap itself: both renames in one transaction of one session, while another one ends the
 * sessions that keep the first rename waiting. Nothing that would lock people out is ever
 * committed; a process that dies in between leaves everything as it was.
 */
final class SwapBody {
  /** Logins wait for as long as a rename waits for sessions to end; then nothing was done. */
  private static final Duration LOCKED_OUT = Duration.ofSeconds(3);

  /** A process that went silent in the middle keeps everybody out for so long. */
  private static final Duration SILENT = Duration.ofSeconds(3);

  /** A superuser who only looks in, as monitoring does, is waited for. */
  private static final int LOOKS = 15;

  private static final String COMMENT =
      "SELECT pg_catalog.shobj_description(?::oid, 'pg_database')";
  private static final String PAUSE = "SELECT pg_catalog.pg_sleep(0.2)";

  /** SQL's states: the rename gave up, and it was cancelled at its limit. */
  private static final List<String> IN_USE = List.of("55006", "57014");

  private final Session session;
  private final Session other;
  private final Deadline deadline;
  private final DatabaseSwap swap;
  private final String mark;
  private final Commands commands;

  /**
   * @param session in which it is done
   * @param other from which sessions are ended
   */
  SwapBody(Session session, Session other, Deadline deadline, DatabaseSwap swap, String mark) {
    this.session = session;
    this.other = other;
    this.deadline = deadline;
    this.swap = swap;
    this.mark = mark;
    this.commands = new Commands(session.connection());
  }

  Outcome done() throws SQLException, NotDoneException {
    awaitEndable();
    deadline.check();
    session.begin(false, Commands.limits(LOCKED_OUT));
    commands.execute(
        "SET LOCAL idle_in_transaction_session_timeout = %d".formatted(SILENT.toMillis()));
    commands.lock(swap.names());
    var situation = Situation.of(session, swap);
    if (situation.databases().isLive(swap.comes())) {
      return new Outcome.Refused(null);
    }
    var leaves = situation.live();
    var comes = comes(situation);
    situation.free(swap.leavesTo());
    checkAttachments(leaves);
    if (!swap.back()) {
      SideProofs.same(session, leaves, comes);
    }
    rename(leaves, comes);
    commands.comment(swap.live(), commentOf(leaves, comes));
    commands.comment(swap.leavesTo(), left(leaves, comes).text());
    deadline.check();
    commit();
    return applied(swap);
  }

  static Outcome applied(DatabaseSwap swap) {
    return Outcome.Applied.saying(
        "OID %d is live, OID %d is kept".formatted(swap.comes(), swap.database().oid()));
  }

  /** Where somebody is connected whose session cannot be ended, nobody is locked out at all. */
  private void awaitEndable() throws SQLException, NotDoneException {
    var remaining = unendable();
    for (var look = 0; look < LOOKS && !remaining.isEmpty(); look++) {
      commands.execute(PAUSE);
      remaining = unendable();
    }
    if (!remaining.isEmpty()) {
      throw remain(OtherSession.all(remaining));
    }
  }

  private List<OtherSession> unendable() throws SQLException {
    return OtherSessions.with(session, swap.database().oid(), swap.comes()).stream()
        .filter(it -> !it.endable())
        .toList();
  }

  private NotDoneException remain(String who) {
    return NotDoneException.failed(
        "SessionsRemain",
        "Database %1$s was not swapped, and is as it was, because somebody was still connected to it or to %2$s: %3$s User %4$s may not end sessions of superusers. End them, and retry: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('%1$s', '%2$s');"
            .formatted(swap.live(), swap.comesFrom(), who, session.user()));
  }

  /** A slot that was made since it was looked at would follow the one that leaves. */
  private void checkAttachments(Databases.One leaves) throws SQLException, NotDoneException {
    var problems = new Attachments(session.connection()).problems(leaves);
    if (!problems.isEmpty()) {
      throw new NotDoneException(new Outcome.Failed(problems.get(0)));
    }
  }

  private Databases.One comes(Situation situation) throws NotDoneException {
    return situation.of(
        swap.comes(), swap.comesFrom(), swap.back() ? Note.State.Kept : Note.State.Verified, mark);
  }

  private void rename(Databases.One leaves, Databases.One comes)
      throws SQLException, NotDoneException {
    var end = new SessionsEnd(other, leaves.oid(), comes.oid());
    try {
      commands.rename(swap.live(), swap.leavesTo());
      commands.allowConnections(swap.leavesTo(), false);
      if (!comes.accepts()) {
        commands.allowConnections(swap.comesFrom(), true);
      }
      commands.rename(swap.comesFrom(), swap.live());
    } catch (SQLException e) {
      throw inUse(e);
    } finally {
      end.stop();
    }
    checkNote(comes);
  }

  private NotDoneException inUse(SQLException e) throws SQLException {
    if (!IN_USE.contains(e.getSQLState())) {
      throw e;
    }
    session.connection().rollback();
    var remaining = OtherSessions.with(session, swap.database().oid(), swap.comes());
    return remain(remaining.isEmpty() ? SqlErrors.said(e, Map.of()) : OtherSession.all(remaining));
  }

  /**
   * Now that nobody else can write it, the note is still the one that was read: who fences from
   * another maintenance database does not wait for the lock of this one.
   */
  private void checkNote(Databases.One comes) throws SQLException, NotDoneException {
    try (var query = session.connection().prepareStatement(COMMENT)) {
      query.setLong(1, comes.oid());
      try (var now = query.executeQuery()) {
        now.next();
        if (!comes.comment().equals(now.getString(1))) {
          throw new NotDoneException(new Outcome.Refused(null));
        }
      }
    }
  }

  /** The one that goes live has the comment that people gave it, or the one it replaces. */
  private String commentOf(Databases.One leaves, Databases.One comes) {
    return swap.back() ? comes.note().orElseThrow().facts().get(Note.COMMENT) : leaves.comment();
  }

  /** What the one says of itself that is not live any more, and what is known of the other one. */
  private Note left(Databases.One leaves, Databases.One comes) {
    var facts = new TreeMap<>(comes.note().orElseThrow().facts());
    facts.keySet().removeAll(List.of(Note.COMMENT, Note.FENCED));
    facts.put(Note.WAS, swap.live());
    facts.put(Note.REPLACED_BY, String.valueOf(comes.oid()));
    if (leaves.comment() != null) {
      facts.put(Note.COMMENT, leaves.comment());
    }
    var names = swap.names();
    var state = swap.back() ? Note.State.Undone : Note.State.Kept;
    return new Note(names.tag(), state, names.attempt(), facts);
  }

  /** Only what the server itself says of a commit is known. */
  private void commit() throws SQLException {
    try {
      session.connection().commit();
    } catch (SQLException e) {
      if (SqlErrors.byServer(e)) {
        throw e;
      }
      throw new NotKnownException("the answer to the commit of the swap was lost", e);
    }
  }
}
