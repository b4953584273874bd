package dev.backstep.database.swap;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** As {@link DatabaseDrops}, on a server in memory. */
public class SimulatedDatabaseDrops extends DatabaseDrops {
  private final SimulatedSessions sessions;

  public SimulatedDatabaseDrops(Outside outside, Clock clock) {
    this(new SimulatedSessions(outside, clock));
  }

  private SimulatedDatabaseDrops(SimulatedSessions sessions) {
    super(null, sessions.closing());
    this.sessions = sessions;
  }

  @Override
  public Outcome send(DatabaseDrop effect, Mark mark, Author author, Instant notAfter) {
    return sessions.send(effect, mark, notAfter);
  }

  @Override
  public List<String> preview(DatabaseDrop effect, Author author) {
    return List.of(effect.summary());
  }
}
