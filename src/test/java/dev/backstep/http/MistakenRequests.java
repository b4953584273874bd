package dev.backstep.http;

import dev.backstep.cluster.ServiceAddresses;
import dev.backstep.effect.Author;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.time.Instant;

/** A mistake for the simulation: a request without an answer is sent again, whatever it does. */
public final class MistakenRequests extends SimulatedRequests {
  public MistakenRequests(Outside outside, ServiceAddresses addresses, Clock clock) {
    super(outside, addresses, clock);
  }

  @Override
  public Outcome send(HttpRequest effect, Mark mark, Author author, Instant notAfter) {
    var outcome = super.send(effect, mark, author, notAfter);
    return outcome instanceof Outcome.Unknown
        ? super.send(effect, mark, author, notAfter)
        : outcome;
  }
}
