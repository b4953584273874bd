package dev.backstep.database.swap;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** As {@link SideProofs}, on a server in memory. */
public class SimulatedSideProofs extends SideProofs {
  private final SimulatedSessions sessions;

  public SimulatedSideProofs(Outside outside, Clock clock) {
    this(new SimulatedSessions(outside, clock));
  }

  private SimulatedSideProofs(SimulatedSessions sessions) {
    super(null, sessions.closing());
    this.sessions = sessions;
  }

  @Override
  public Outcome send(SideProven effect, Mark mark, Author author, Instant notAfter) {
    return sessions.send(effect, mark, notAfter);
  }

  @Override
  public List<String> preview(SideProven effect, Author author) {
    return List.of(effect.summary());
  }
}
