package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** A mistake for the simulation: nothing that was done in a database needs to be taken back. */
public final class MistakenTransactions extends SimulatedTransactions {
  public MistakenTransactions(Outside outside, Clock clock, ScheduledExecutorService threads) {
    super(outside, clock, threads);
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<SqlTransaction>> sent, List<Sent<?>> back, Author author) {
    return Step.done("there is nothing to put back.").now();
  }
}
