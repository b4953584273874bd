package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Transactions on a database in memory: how they are closed and taken back is what the real ones
 * do, only what is said to the database is said in another way.
 */
public class SimulatedTransactions extends SqlTransactions {
  private final SimulatedSql sql;

  public SimulatedTransactions(Outside outside, Clock clock, ScheduledExecutorService threads) {
    this(new SimulatedSql(outside, clock), threads);
  }

  private SimulatedTransactions(SimulatedSql sql, ScheduledExecutorService threads) {
    super(null, null, sql.fence(), SimulatedSql.reversals(threads));
    this.sql = sql;
  }

  @Override
  public Outcome send(SqlTransaction effect, Mark mark, Author author, Instant notAfter) {
    var statements = effect.statements() == null ? "" : effect.statements();
    return sql.send(effect, statements, mark, notAfter);
  }

  @Override
  public Optional<Problem> forget(SqlTransaction effect, String claim, Author author) {
    return sql.forget(effect, claim);
  }

  @Override
  public List<String> preview(SqlTransaction effect, Author author) {
    return List.of(effect.summary());
  }
}
