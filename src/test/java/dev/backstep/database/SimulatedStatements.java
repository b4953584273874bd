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

/** Statements outside of transactions on a database in memory; as {@link SimulatedTransactions}. */
public class SimulatedStatements extends SqlStatements {
  private final SimulatedSql sql;

  public SimulatedStatements(Outside outside, Clock clock, ScheduledExecutorService threads) {
    this(new SimulatedSql(outside, clock), clock, threads);
  }

  private SimulatedStatements(SimulatedSql sql, Clock clock, ScheduledExecutorService threads) {
    super(null, clock, sql.fence(), SimulatedSql.reversals(threads));
    this.sql = sql;
  }

  @Override
  public Outcome send(SqlStatement effect, Mark mark, Author author, Instant notAfter) {
    return sql.statement(effect, mark, notAfter);
  }

  @Override
  public Optional<Problem> forget(SqlStatement effect, String claim, Author author) {
    return sql.forget(effect, claim);
  }

  @Override
  public List<String> preview(SqlStatement effect, Author author) {
    return List.of(effect.summary());
  }
}
