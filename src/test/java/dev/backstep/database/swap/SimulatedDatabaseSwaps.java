package dev.backstep.database.swap;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** As {@link DatabaseSwaps}, on a server in memory. */
public class SimulatedDatabaseSwaps extends DatabaseSwaps {
  private final SimulatedSessions sessions;

  public SimulatedDatabaseSwaps(Outside outside, Clock clock, SwapLooks looks) {
    this(new SimulatedSessions(outside, clock), looks);
  }

  private SimulatedDatabaseSwaps(SimulatedSessions sessions, SwapLooks looks) {
    super(null, sessions.closing(), new SwapReversals(looks), null, looks);
    this.sessions = sessions;
  }

  @Override
  public Outcome send(DatabaseSwap effect, Mark mark, Author author, Instant notAfter) {
    return sessions.send(effect, mark, notAfter);
  }

  @Override
  public List<String> preview(DatabaseSwap effect, Author author) {
    return List.of(effect.summary());
  }

  @Override
  public Optional<Problem> forget(DatabaseSwap effect, String claim, Author author) {
    return Optional.empty();
  }
}
