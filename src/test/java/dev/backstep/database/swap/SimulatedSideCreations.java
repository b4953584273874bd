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

/** As {@link SideCreations}, on a server in memory. */
public class SimulatedSideCreations extends SideCreations {
  private final SimulatedSessions sessions;

  public SimulatedSideCreations(Outside outside, Clock clock, SwapLooks looks) {
    this(new SimulatedSessions(outside, clock), looks);
  }

  private SimulatedSideCreations(SimulatedSessions sessions, SwapLooks looks) {
    super(null, sessions.closing(), new SwapReversals(looks), null);
    this.sessions = sessions;
  }

  @Override
  public Outcome send(SideCreation effect, Mark mark, Author author, Instant notAfter) {
    return sessions.send(effect, mark, notAfter);
  }

  @Override
  public List<String> preview(SideCreation effect, Author author) {
    return List.of(effect.summary());
  }

  /** There is none that is only half made. */
  @Override
  Outcome finished(SideCreation effect, Mark mark, Author author, Instant notAfter) {
    return new Outcome.Refused(null);
  }

  @Override
  public Optional<Problem> forget(SideCreation effect, String claim, Author author) {
    return Optional.empty();
  }
}
