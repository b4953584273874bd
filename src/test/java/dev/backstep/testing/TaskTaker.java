package dev.backstep.testing;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An executor whose tasks somebody takes: to run, to keep or to drop them. It never ends. */
public final class TaskTaker extends AbstractExecutorService {
  private final Consumer<Runnable> taker;

  public TaskTaker(Consumer<Runnable> taker) {
    this.taker = taker;
  }

  @Override
  public void execute(Runnable command) {
    taker.accept(command);
  }

  @Override
  public void shutdown() {
    // Nothing waits.
  }

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
