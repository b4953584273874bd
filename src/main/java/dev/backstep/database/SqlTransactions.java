package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Effector;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Carries out statements in one transaction. */
@ApplicationScoped
public class SqlTransactions implements Effector<SqlTransaction> {
  private final MarkedTransactions transactions;
  private final CheckConditions conditions;
  private final Fence fence;
  private final SqlReversals reversals;

  public SqlTransactions(
      MarkedTransactions transactions,
      CheckConditions conditions,
      Fence fence,
      SqlReversals reversals) {
    this.transactions = transactions;
    this.conditions = conditions;
    this.fence = fence;
    this.reversals = reversals;
  }

  @Override
  public Class<SqlTransaction> type() {
    return SqlTransaction.class;
  }

  @Override
  public Outcome send(SqlTransaction effect, Mark mark, Author author, Instant notAfter) {
    return transactions.done(
        effect,
        mark,
        author,
        notAfter,
        (connection, text) ->
            new TransactionBody(connection, effect, text, conditions)
                .done()
                .applied(effect.reverses() != null));
  }

  @Override
  public Outcome close(
      SqlTransaction effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
  }

  @Override
  public List<String> preview(SqlTransaction effect, Author author) {
    try {
      return transactions.tried(
          effect,
          author,
          (connection, mark) ->
              new TransactionBody(connection, effect, mark, conditions).done().lines());
    } catch (NotDoneException e) {
      return List.of(SqlErrors.said(e.outcome()));
    }
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SqlTransaction>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(SqlTransaction effect, String claim, Author author) {
    return transactions.forgotten(effect, claim, author);
  }
}
