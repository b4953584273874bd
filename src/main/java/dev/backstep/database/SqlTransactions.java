package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Outcome;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Carries out statements in one transaction. */
@Singleton
public class SqlTransactions extends OneTransaction<SqlTransaction> {
  private final MarkedTransactions transactions;
  private final CheckConditions conditions;

  public SqlTransactions(
      MarkedTransactions transactions,
      CheckConditions conditions,
      Fence fence,
      SqlReversals reversals) {
    super(SqlTransaction.class, transactions, fence, reversals);
    this.transactions = transactions;
    this.conditions = conditions;
  }

  @Override
  Outcome.Applied done(SqlTransaction effect, Connection connection, String mark)
      throws SQLException, NotDoneException {
    return new TransactionBody(connection, effect, mark, conditions)
        .done()
        .applied(effect.reverses() != null);
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
}
