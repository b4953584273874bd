package dev.backstep.database.swap;

import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.NotKnownException;
import dev.backstep.effect.Outcome;
import dev.backstep.testing.Outside;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/** A mistake for the simulation: the two renames are not one transaction. */
public final class MistakenDatabaseSwaps extends SimulatedDatabaseSwaps {
  private final Outside outside;

  public MistakenDatabaseSwaps(Outside outside, Clock clock, SwapLooks looks) {
    super(outside, clock, looks);
    this.outside = outside;
  }

  @Override
  public Outcome send(DatabaseSwap effect, Mark mark, Author author, Instant notAfter) {
    try {
      outside.ask("restore/orders-admin/renamed", Map.of("to", effect.leavesTo()), () -> true);
    } catch (IOException e) {
      throw new NotKnownException("the session was lost", e);
    }
    return super.send(effect, mark, author, notAfter);
  }
}
