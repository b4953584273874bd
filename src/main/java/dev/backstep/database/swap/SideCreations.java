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
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Makes the empty databases that are loaded. A database cannot be made in a transaction: one that
 * has no comment yet was left between the two steps, and is as empty as it was made.
 */
@ApplicationScoped
public class SideCreations implements SqlEffector<SideCreation> {
  /**
   * What a server of this version does not know of a database is not there. To name the default
   * tablespace takes a right; not to name it takes none.
   */
  private static final String CREATE =
      """
      SELECT pg_catalog.format(
          'CREATE DATABASE %I TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L',
          ?::text, pg_catalog.pg_get_userbyid(d.datdba),
          pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
        || CASE j.facts->>'datlocprovider' WHEN 'c' THEN ' LOCALE_PROVIDER libc'
          WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L',
            coalesce(j.facts->>'datlocale', j.facts->>'daticulocale'))
          WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L',
            j.facts->>'datlocale') ELSE '' END
        || CASE WHEN j.facts->>'daticurules' IS NULL THEN ''
          ELSE pg_catalog.format(' ICU_RULES %L', j.facts->>'daticurules') END
        || CASE t.spcname WHEN 'pg_default' THEN ''
          ELSE pg_catalog.format(' TABLESPACE %I', t.spcname) END
      FROM pg_catalog.pg_database d
      JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
      CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(d)) j (facts)
      WHERE d.oid = ?
      """;

  /** SQL's states: there is one of the name, and somebody is making one at the same moment. */
  private static final List<String> EXISTS = List.of("42P04", "23505");

  private final SwapSessions sessions;
  private final SwapClosing closing;
  private final SwapReversals reversals;
  private final SwapForgetting forgetting;

  public SideCreations(
      SwapSessions sessions,
      SwapClosing closing,
      SwapReversals reversals,
      SwapForgetting forgetting) {
    this.sessions = sessions;
    this.closing = closing;
    this.reversals = reversals;
    this.forgetting = forgetting;
  }

  @Override
  public Class<SideCreation> type() {
    return SideCreation.class;
  }

  @Override
  public Outcome send(SideCreation effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect, mark, author, notAfter, (session, deadline) -> made(session, deadline, effect));
  }

  private static Outcome made(Session session, Deadline deadline, SideCreation effect)
      throws SQLException, NotDoneException {
    var situation = Situation.of(session, effect);
    var live = situation.live();
    var side = situation.databases().side();
    if (side.filter(it -> it.comment() != null).isPresent()) {
      if (side.get().isOf(effect.names())) {
        return new Outcome.Refused(null);
      }
      situation.free(side.get().name());
    }
    deadline.check();
    if (side.isEmpty()) {
      create(session, effect, live);
    }
    return noted(session, effect);
  }

  private static void create(Session session, SideCreation effect, Databases.One live)
      throws SQLException, NotDoneException {
    if (!effect.names().fit(effect.live())) {
      throw NotDoneException.failed("RestoreNameTooLong", SwapProblems.tooLong(effect.live()));
    }
    try (var query = session.connection().prepareStatement(CREATE)) {
      query.setString(1, effect.names().side(effect.live()));
      query.setLong(2, live.oid());
      try (var found = query.executeQuery()) {
        found.next();
        new Commands(session.connection()).execute(found.getString(1));
      }
    } catch (SQLException e) {
      if (!EXISTS.contains(e.getSQLState())) {
        throw e;
      }
    }
  }

  /** From here on it says whose it is, and nobody else may connect to it. */
  private static Outcome noted(Session session, SideCreation effect)
      throws SQLException, NotDoneException {
    session.begin(false, Commands.limits(effect.timeout()));
    var commands = new Commands(session.connection());
    commands.lock(effect.names());
    var side =
        Databases.of(session, effect.names())
            .side()
            .filter(it -> it.comment() == null)
            .orElseThrow(() -> new NotDoneException(new Outcome.Refused(null)));
    commands.closeToPublic(side.name());
    commands.comment(side.name(), note(effect).text());
    session.connection().commit();
    return applied(side);
  }

  private static Note note(SideCreation effect) {
    var names = effect.names();
    return new Note(names.tag(), Note.State.Created, names.attempt(), Map.of());
  }

  private static Outcome applied(Databases.One side) {
    return Outcome.Applied.saying("%s with OID %d".formatted(side.name(), side.oid()));
  }

  /** One that is made and has no comment is finished either way: then it says whose it is. */
  @Override
  public Outcome close(
      SideCreation effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    var signs =
        new SwapClosing.Signs(
            databases ->
                databases.side().filter(it -> it.isOf(effect.names())).map(SideCreations::applied),
            databases -> Optional.empty());
    return closing.closed(
        effect,
        mark,
        author,
        Optional.of(
            () ->
                wanted
                    ? send(effect, mark, author, notAfter)
                    : finished(effect, mark, author, notAfter)),
        signs);
  }

  Outcome finished(SideCreation effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect, mark, author, notAfter, (session, deadline) -> noted(session, effect));
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SideCreation>> sent, List<Sent<?>> back, Author author) {
    return reversals.ofCreation(sent, author);
  }

  @Override
  public Optional<Problem> forget(SideCreation effect, String claim, Author author) {
    return forgetting.ofLoaded(effect, claim, author);
  }
}
