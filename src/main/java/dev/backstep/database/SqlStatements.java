package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Carries out single statements outside of any transaction. Before one, its mark is written in a
 * transaction of its own: so it is sent at most once, and it is known when it was never sent. What
 * became of one whose answer was lost, nobody can find out.
 */
@ApplicationScoped
public class SqlStatements implements SqlEffector<SqlStatement> {
  private static final Logger LOG = Logger.getLogger(SqlStatements.class);

  private final Sessions sessions;
  private final Clock clock;
  private final Fence fence;
  private final SqlReversals reversals;

  public SqlStatements(Sessions sessions, Clock clock, Fence fence, SqlReversals reversals) {
    this.sessions = sessions;
    this.clock = clock;
    this.fence = fence;
    this.reversals = reversals;
  }

  @Override
  public Class<SqlStatement> type() {
    return SqlStatement.class;
  }

  @Override
  public Outcome send(SqlStatement effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(effect, author, session -> sent(session, effect, mark, notAfter));
  }

  private Outcome sent(Session session, SqlStatement effect, Mark mark, Instant notAfter)
      throws SQLException, NotDoneException, NoSessionException {
    var deadline = new Deadline(clock, notAfter);
    var statement = only(effect);
    Markers.make(session, effect.limits());
    session.limit(effect.limits());
    deadline.check();
    return begun(session, mark)
        ? executed(session, effect, statement, mark, deadline)
        : earlier(session, effect, mark, notAfter);
  }

  private static Script.Statement only(SqlStatement effect) throws NotDoneException {
    var script = Script.of(effect.statements());
    script.check(effect.binds().keySet());
    if (script.statements().size() != 1) {
      throw new NotDoneException(new Outcome.Failed(several(script.statements().size())));
    }
    return script.statements().get(0);
  }

  /** So many statements cannot be carried out outside of a transaction. */
  static Problem several(int statements) {
    return new Problem(
        "SqlNotAllowed",
        "Without a transaction there is one statement, and these are %d. Set transaction: Single, or make it one."
            .formatted(statements));
  }

  private static boolean begun(Session session, Mark mark) {
    try {
      return Markers.set(session.connection(), mark.text(), Markers.State.begun);
    } catch (SQLException e) {
      throw new NotKnownException("the answer to a mark was lost", e);
    }
  }

  private static Outcome earlier(Session session, SqlStatement effect, Mark mark, Instant notAfter)
      throws SQLException {
    var outcome = Markers.row(session.connection(), mark.text()).orElseThrow().outcome();
    return outcome instanceof Outcome.Unknown unknown
        ? new Outcome.Unknown(unknown.message(), notAfter.plus(effect.statementTimeout()))
        : outcome;
  }

  private Outcome executed(
      Session session,
      SqlStatement effect,
      Script.Statement statement,
      Mark mark,
      Deadline deadline)
      throws NotDoneException {
    deadline.check();
    try (var prepared = statement.prepared(session.connection(), effect.binds())) {
      prepared.execute();
      var affected = Math.max(0, prepared.getLargeUpdateCount());
      var applied = Outcome.Applied.saying("%d rows affected".formatted(affected));
      finish(session, mark, applied);
      return applied;
    } catch (SQLException e) {
      return SqlErrors.byServer(e)
          ? SqlErrors.verdict(e, effect.binds())
          : new Outcome.Unknown(
              "The answer to %s was lost. Look at the %s."
                  .formatted(statement.words(), session.name()),
              clock.instant().plus(effect.statementTimeout()));
    }
  }

  /** The statement is done, whether this can be written or not. */
  private static void finish(Session session, Mark mark, Outcome.Applied applied) {
    try {
      Markers.finish(session.connection(), mark.text(), applied);
    } catch (SQLException e) {
      LOG.warnf("effect %s is done, but its row does not say so: %s", mark, e.getMessage());
    }
  }

  @Override
  public Outcome close(
      SqlStatement effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
  }

  @Override
  public List<String> preview(SqlStatement effect, Author author) {
    try {
      return List.of(
          "%s; it is not tried, because outside of a transaction it could not be rolled back"
              .formatted(only(effect).words()));
    } catch (NotDoneException e) {
      return List.of(SqlErrors.said(e.outcome()));
    }
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SqlStatement>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(SqlStatement effect, String claim, Author author) {
    return sessions.forgotten(effect, claim, author);
  }
}
