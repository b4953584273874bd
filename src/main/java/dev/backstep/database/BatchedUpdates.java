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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Sets rows in many short transactions. The effect's row in the database says that it is begun;
 * each transaction counts there what it did, and does nothing once somebody ended the effect. Who
 * comes after a crash goes on with the rows that are left.
 */
@ApplicationScoped
public class BatchedUpdates implements SqlEffector<BatchedUpdate> {
  private static final int COUNTED = 1_000_000;

  private final Sessions sessions;
  private final Clock clock;
  private final SqlReversals reversals;

  public BatchedUpdates(Sessions sessions, Clock clock, SqlReversals reversals) {
    this.sessions = sessions;
    this.clock = clock;
    this.reversals = reversals;
  }

  @Override
  public Class<BatchedUpdate> type() {
    return BatchedUpdate.class;
  }

  @Override
  public Outcome send(BatchedUpdate effect, Mark mark, Author author, Instant notAfter) {
    var deadline = new Deadline(clock, notAfter);
    return sessions.ended(
        effect,
        author,
        session -> {
          Markers.make(session, effect.limits());
          var begun = new BegunUpdate(session, effect, mark.text());
          return begun.begun(deadline)
              ? begun.carriedOn(new Slice(clock))
              : begun.row().orElseThrow().outcome();
        });
  }

  /** What was begun goes on, however late it is; what was not, is begun only in time. */
  @Override
  public Outcome close(
      BatchedUpdate effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    var outcome = wanted ? send(effect, mark, author, notAfter) : null;
    if (outcome instanceof Outcome.NotSent again && !again.problem().equals(Deadline.OVER)) {
      throw new NotKnownException(again.problem().message());
    }
    return outcome == null || outcome instanceof Outcome.NotSent
        ? stopped(effect, mark, author)
        : outcome;
  }

  private Outcome stopped(BatchedUpdate effect, Mark mark, Author author) {
    try (var session = sessions.open(effect.databaseRef(), author, effect.statementTimeout())) {
      if (session.identity().differs(effect.database())) {
        return new Outcome.Unknown(session.another().message(), null);
      }
      Markers.make(session, effect.limits());
      return new BegunUpdate(session, effect, mark.text()).stopped();
    } catch (NoSessionException | SQLException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }

  @Override
  public List<String> preview(BatchedUpdate effect, Author author) {
    try (var session = sessions.open(effect.databaseRef(), author, effect.statementTimeout())) {
      session.expect(effect.database());
      var table = RememberedTable.of(session.connection(), effect.rows());
      var texts = BatchTexts.of(effect, table);
      var rows = BegunUpdate.count(session.connection(), texts, COUNTED);
      return List.of(
          "%s%d rows of %s: %s"
              .formatted(
                  rows < COUNTED ? "" : "at least ",
                  rows,
                  table.name(),
                  BatchTexts.shown(effect.set())));
    } catch (NoSessionException e) {
      return List.of(e.problem().message());
    } catch (NotDoneException e) {
      return List.of(SqlErrors.said(e.outcome()));
    } catch (SQLException e) {
      return List.of(SqlErrors.said(e, Map.of()));
    }
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<BatchedUpdate>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(BatchedUpdate effect, String claim, Author author) {
    return sessions.forgotten(effect, claim, author);
  }
}
