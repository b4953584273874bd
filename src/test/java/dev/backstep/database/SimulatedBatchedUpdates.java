package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import dev.backstep.testing.Outside.NotLeftException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/**
 * Batches on a database in memory, each a request of its own, as each is a transaction of its own:
 * begun, some rows, some more, and done.
 */
public class SimulatedBatchedUpdates extends BatchedUpdates {
  private static final int OK = 200;

  private final Outside outside;
  private final Clock clock;
  private final SimulatedSql sql;

  public SimulatedBatchedUpdates(Outside outside, Clock clock, ScheduledExecutorService threads) {
    super(null, clock, SimulatedSql.reversals(threads));
    this.outside = outside;
    this.clock = clock;
    this.sql = new SimulatedSql(outside, clock);
  }

  @Override
  public Outcome send(BatchedUpdate effect, Mark mark, Author author, Instant notAfter) {
    try {
      var state = state("begun", effect, mark, () -> !clock.instant().isAfter(notAfter));
      while (state == Markers.State.begun) {
        state = state("batch", effect, mark, () -> true);
      }
      return outcome(state);
    } catch (NotLeftException e) {
      return new Outcome.NotSent(Deadline.OVER);
    } catch (IOException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }

  private static Outcome outcome(Markers.State state) {
    return new Markers.Row(state, "some rows", null).outcome();
  }

  private Markers.State state(String what, BatchedUpdate effect, Mark mark, BooleanSupplier leaves)
      throws IOException {
    var reverses = effect.reverses() == null ? "" : effect.reverses();
    var said =
        outside.ask(
            "sql/%s/jobs/%s".formatted(effect.databaseRef(), what),
            Map.of("mark", mark.text(), "reverses", reverses),
            leaves);
    if (said.status() != OK) {
      throw new IOException("the database cannot be reached");
    }
    return Markers.State.valueOf(said.text());
  }

  @Override
  public Outcome close(
      BatchedUpdate effect, Mark mark, boolean wanted, Author author, Instant notAfter) {
    var outcome = wanted ? send(effect, mark, author, notAfter) : null;
    return outcome == null || outcome instanceof Outcome.NotSent ? stopped(effect, mark) : outcome;
  }

  private Outcome stopped(BatchedUpdate effect, Mark mark) {
    try {
      return outcome(state("stopped", effect, mark, () -> true));
    } catch (IOException e) {
      throw new NotKnownException(e.getMessage(), e);
    }
  }

  @Override
  public Optional<Problem> forget(BatchedUpdate effect, String claim, Author author) {
    return sql.forget(effect, claim);
  }

  @Override
  public List<String> preview(BatchedUpdate effect, Author author) {
    return List.of(effect.summary());
  }
}
