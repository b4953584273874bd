package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** A mistake for the simulation: what a run remembered in a database stays there. */
public final class ForgetfulTransactions extends SimulatedTransactions {
  public ForgetfulTransactions(Outside outside, Clock clock, ScheduledExecutorService threads) {
    super(outside, clock, threads);
  }

  @Override
  public Optional<Problem> forget(SqlTransaction effect, String claim, Author author) {
    return Optional.empty();
  }
}
