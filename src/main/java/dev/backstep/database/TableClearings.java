package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
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

/** Empties tables, and keeps what was in them. */
@ApplicationScoped
public class TableClearings implements Effector<TableClearing> {
  private final Sessions sessions;
  private final MarkedTransactions transactions;
  private final Fence fence;
  private final SqlReversals reversals;

  public TableClearings(
      Sessions sessions, MarkedTransactions transactions, Fence fence, SqlReversals reversals) {
    this.sessions = sessions;
    this.transactions = transactions;
    this.fence = fence;
    this.reversals = reversals;
  }

  @Override
  public Class<TableClearing> type() {
    return TableClearing.class;
  }

  /** Another table that has its name by now must not be emptied later either. */
  @Override
  public Outcome send(TableClearing effect, Mark mark, Author author, Instant notAfter) {
    var outcome =
        transactions.done(
            effect,
            mark,
            author,
            notAfter,
            (connection, text) -> new TableClearBody(connection, effect, text).done());
    return outcome instanceof Outcome.Refused ? fence.fenced(effect, mark, author) : outcome;
  }

  @Override
  public Outcome close(
      TableClearing effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
  }

  /** Only counted: to try it would keep everybody from the table. */
  @Override
  public List<String> preview(TableClearing effect, Author author) {
    try (var session =
            sessions.openReading(effect.databaseRef(), author, effect.statementTimeout());
        var statement = session.connection().createStatement();
        var counted = statement.executeQuery("SELECT count(*) FROM " + effect.table())) {
      counted.next();
      return List.of(
          "%d rows of table %s into table %s"
              .formatted(counted.getLong(1), effect.table(), effect.backup()));
    } catch (NoSessionException e) {
      return List.of(e.problem().message());
    } catch (SQLException e) {
      return List.of(SqlErrors.said(e, Map.of()));
    }
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<TableClearing>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(TableClearing effect, String claim, Author author) {
    return transactions.forgotten(effect, claim, author);
  }
}
