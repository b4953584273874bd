package dev.backstep.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Drops what it is given: most histories are without Kubernetes Events, which takes long. */
final class Nowhere extends AbstractExecutorService {
  @Override
  public void execute(Runnable command) {
    // Dropped.
  }

  @Override
  public void shutdown() {
    // Nothing runs.
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
