package dev.backstep.database;

import dev.backstep.effect.Author;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.testing.Outside;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** A mistake for the simulation: what was altered stays altered. */
public final class MistakenCatalogChanges extends SimulatedCatalogChanges {
  public MistakenCatalogChanges(Outside outside, Clock clock, ScheduledExecutorService threads) {
    super(outside, clock, threads);
  }

  @Override
  public CompletionStage<Step> reverse(
      List<Sent<CatalogChange>> sent, List<Sent<?>> back, Author author) {
    return Step.done("there is nothing to put back.").now();
  }
}
