package dev.backstep.dump;

import dev.backstep.database.Identity;
import dev.backstep.effect.Author;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** Finds that programs are always as far. */
public final class SimulatedDumpLooks extends DumpLooks {
  private final ScheduledExecutorService threads;

  public SimulatedDumpLooks(ScheduledExecutorService threads) {
    super(null);
    this.threads = threads;
  }

  @Override
  public CompletionStage<Optional<String>> progress(String databaseRef, Author author, String tag) {
    return CompletableFuture.supplyAsync(() -> Optional.of("tables 1 of 2"), threads);
  }

  /** The same that SQL finds. */
  @Override
  public CompletionStage<Identity> identity(String databaseRef, Author author) {
    return CompletableFuture.supplyAsync(() -> new Identity("simulated", 1), threads);
  }

  @Override
  public CompletionStage<List<Problem>> ofSource(String databaseRef, Author author) {
    return CompletableFuture.supplyAsync(List::of, threads);
  }
}
