package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Outside.NotLeftException;
import dev.backstep.testing.Outside.Said;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Transactions on a database in memory: how they are closed and taken back is what the real ones
 * do, only what is said to the database is said in another way.
 */
public class SimulatedTransactions extends SqlTransactions {
  private static final int OK = 200;

  private final Outside outside;
  private final Clock clock;

  public SimulatedTransactions(Outside outside, Clock clock, ScheduledExecutorService threads) {
    super(null, null, clock, new SimulatedFence(outside), new SameDatabase(threads));
    this.outside = outside;
    this.clock = clock;
  }

  @Override
  public Outcome send(SqlTransaction effect, Mark mark, Author author, Instant notAfter) {
    var reverses = effect.reverses() == null ? "" : effect.reverses();
    var statements = effect.statements() == null ? "" : effect.statements();
    var said = Map.of("mark", mark.text(), "statements", statements, "reverses", reverses);
    try {
      return outcome(
          outside.ask(
              "sql/%s/done".formatted(effect.databaseRef()),
              said,
              () -> !clock.instant().isAfter(notAfter)));
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      throw new NotKnownException("the answer to a commit was lost", e);
    }
  }

  private static Outcome outcome(Said said) {
    return said.status() == OK
        ? new Markers.Row(Markers.State.valueOf(said.text()), "1 row", null).outcome()
        : new Outcome.NotSent(new Problem("DatabaseUnreachable", "It cannot be reached."));
  }

  @Override
  public Optional<Problem> forget(SqlTransaction effect, String claim, Author author) {
    try {
      outside.ask(
          "sql/%s/forgotten".formatted(effect.databaseRef()), Map.of("claim", claim), () -> true);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new Problem("NotForgotten", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public List<String> preview(SqlTransaction effect, Author author) {
    return List.of(effect.summary());
  }

  /** Writes the row of an effect that is not to be done any more. */
  private static final class SimulatedFence extends Fence {
    private final Outside outside;

    SimulatedFence(Outside outside) {
      super(null);
      this.outside = outside;
    }

    @Override
    Outcome fenced(SqlEffect effect, Mark mark, Author author) {
      try {
        var said =
            outside.ask(
                "sql/%s/fenced".formatted(effect.databaseRef()),
                Map.of("mark", mark.text()),
                () -> true);
        if (outcome(said) instanceof Outcome.NotSent notSent) {
          throw new NotKnownException(notSent.problem().message());
        }
        return outcome(said);
      } catch (IOException e) {
        throw new NotKnownException(e.getMessage(), e);
      }
    }
  }

  /** Nobody replaces the database. */
  private static final class SameDatabase extends SqlReversals {
    SameDatabase(ScheduledExecutorService threads) {
      super(null, threads);
    }

    @Override
    Optional<String> another(SqlEffect effect, Author author) {
      return Optional.empty();
    }
  }
}
