package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Carries out transactions. The mark is a row that the transaction itself writes first, so the
 * database knows whether the effect was done; whoever comes second waits for that row and does
 * nothing. What other sessions cause, such as a lock that is not free, is {@link Outcome.NotSent}:
 * nothing was done, and it may be tried again.
 */
@ApplicationScoped
public class SqlTransactions implements Effector<SqlTransaction> {
  private static final String FORGOTTEN =
      "the %s does not know of the effect that is to be taken back: its content was replaced, as by a restore";

  private final Sessions sessions;
  private final CheckConditions conditions;
  private final Clock clock;
  private final Fence fence;
  private final SqlReversals reversals;

  public SqlTransactions(
      Sessions sessions,
      CheckConditions conditions,
      Clock clock,
      Fence fence,
      SqlReversals reversals) {
    this.sessions = sessions;
    this.conditions = conditions;
    this.clock = clock;
    this.fence = fence;
    this.reversals = reversals;
  }

  @Override
  public Class<SqlTransaction> type() {
    return SqlTransaction.class;
  }

  @Override
  public Outcome send(SqlTransaction effect, Mark mark, Author author, Instant notAfter) {
    return sessions.ended(
        effect,
        author,
        session -> {
          Markers.make(session, effect.limits());
          return carriedOut(session, effect, mark.text(), notAfter);
        });
  }

  private Outcome carriedOut(Session session, SqlTransaction effect, String mark, Instant notAfter)
      throws SQLException, NotDoneException {
    var connection = session.connection();
    var deadline = new Deadline(clock, notAfter);
    deadline.check();
    session.begin(effect.steady(), effect.limits());
    if (!marked(connection, mark)) {
      return earlier(connection, mark);
    }
    var transaction = transaction(connection);
    var applied =
        forgotten(connection, effect)
            ? new Outcome.Applied(null, "nothing was done", FORGOTTEN.formatted(session.name()))
            : new TransactionBody(connection, effect, mark, conditions)
                .done()
                .applied(effect.reverses() != null);
    if (!transaction.equals(transaction(connection))) {
      return new Outcome.Unknown(
          "The SQL ended its transaction, so a part of it may have been committed. Look at the %s."
              .formatted(session.name()),
          null);
    }
    Markers.finish(connection, mark, applied);
    deadline.check();
    commit(connection, effect);
    return applied;
  }

  /** Somebody who carries out this very effect at this moment may still commit it. */
  private static boolean marked(Connection connection, String mark) throws SQLException {
    try {
      return Markers.set(connection, mark, Markers.State.done);
    } catch (SQLException e) {
      if (SqlErrors.isOfOthers(e)) {
        throw new NotKnownException("effect %s is being carried out".formatted(mark), e);
      }
      throw e;
    }
  }

  private static Outcome earlier(Connection connection, String mark) throws SQLException {
    return Markers.row(connection, mark)
        .map(Markers.Row::outcome)
        .orElseThrow(
            () -> new NotKnownException("effect %s was being carried out".formatted(mark)));
  }

  private static String transaction(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT txid_current()")) {
      result.next();
      return result.getString(1);
    }
  }

  /** An earlier state of the database was put back: it does not know the effect to take back. */
  private static boolean forgotten(Connection connection, SqlTransaction effect)
      throws SQLException {
    return effect.reverses() != null
        && Markers.row(connection, effect.reverses())
            .filter(row -> row.state() == Markers.State.done)
            .isEmpty();
  }

  /** Only what the server itself says of a commit is known. */
  private static void commit(Connection connection, SqlTransaction effect) throws NotDoneException {
    try {
      connection.commit();
    } catch (SQLException e) {
      if (SqlErrors.byServer(e)) {
        throw new NotDoneException(SqlErrors.outcome(e, effect.binds()));
      }
      throw new NotKnownException("the answer to a commit was lost", e);
    }
  }

  @Override
  public Outcome close(
      SqlTransaction effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
  }

  @Override
  public List<String> preview(SqlTransaction effect, Author author) {
    var mark = "preview/%s".formatted(UUID.randomUUID());
    try (var session = sessions.open(effect.databaseRef(), author, effect.statementTimeout())) {
      session.expect(effect.database());
      session.begin(effect.steady(), effect.limits());
      Markers.make(session, effect.limits());
      Markers.set(session.connection(), mark, Markers.State.done);
      return new TransactionBody(session.connection(), effect, mark, conditions).done().lines();
    } catch (NoSessionException e) {
      return List.of(e.problem().message());
    } catch (NotDoneException e) {
      return List.of(SqlErrors.said(e.outcome()));
    } catch (SQLException e) {
      return List.of(SqlErrors.said(SqlErrors.outcome(e, effect.binds())));
    }
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SqlTransaction>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(SqlTransaction effect, String claim, Author author) {
    return sessions.forgotten(effect, claim, author);
  }
}
