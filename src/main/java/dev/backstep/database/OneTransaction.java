package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Carries out effects that are one transaction each, with the row of their mark in it. An effect
 * that found something else than was looked at is fenced: what is so now may be as before later,
 * and then it must not be done any more.
 *
 * @param <E> the sort of effect
 */
abstract class OneTransaction<E extends SqlEffect> implements SqlEffector<E> {
  private final Class<E> type;
  private final MarkedTransactions transactions;
  private final Fence fence;
  private final SqlReversals reversals;

  OneTransaction(
      Class<E> type, MarkedTransactions transactions, Fence fence, SqlReversals reversals) {
    this.type = type;
    this.transactions = transactions;
    this.fence = fence;
    this.reversals = reversals;
  }

  /**
   * Does it, between the beginning of its transaction and the commit.
   *
   * @throws NotDoneException when it is to be rolled back, with how the effect ends then
   */
  abstract Outcome.Applied done(E effect, Connection connection, String mark)
      throws SQLException, NotDoneException;

  @Override
  public final Class<E> type() {
    return type;
  }

  @Override
  public Outcome send(E effect, Mark mark, Author author, Instant notAfter) {
    var outcome =
        transactions.done(
            effect, mark, author, notAfter, (connection, text) -> done(effect, connection, text));
    return outcome instanceof Outcome.Refused ? fence.fenced(effect, mark, author) : outcome;
  }

  @Override
  public Outcome close(E effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    return fence.closed(
        effect, mark, author, wanted ? () -> send(effect, mark, author, notAfter) : null);
  }

  @Override
  public CompletionStage<Step> reverse(List<Sent<E>> sent, List<Sent<?>> back, Author author) {
    return reversals.left(sent, back, author);
  }

  @Override
  public Optional<Problem> forget(E effect, String claim, Author author) {
    return transactions.forgotten(effect, claim, author);
  }
}
