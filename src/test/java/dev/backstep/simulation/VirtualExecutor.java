package dev.backstep.simulation;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The threads of a simulated process: its tasks run in virtual time, in the seed's order. */
final class VirtualExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  /** A thread begins its task within this time. */
  private static final int SLOWEST_START = 5;

  private final VirtualTime time;
  private final VirtualTime.Owner owner;

  VirtualExecutor(VirtualTime time, VirtualTime.Owner owner) {
    this.time = time;
    this.owner = owner;
  }

  private static final class Scheduled<T> extends FutureTask<T> implements ScheduledFuture<T> {
    private final long at;

    Scheduled(Callable<T> work, long at) {
      super(work);
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
    }
  }

  @Override
  public void execute(Runnable command) {
    time.after(time.random(SLOWEST_START), owner, command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          command.run();
          return null;
        },
        delay,
        unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    var millis = unit.toMillis(delay);
    var task = new Scheduled<V>(callable, millis);
    time.after(millis, owner, task);
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException("not simulated");
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("not simulated");
  }

  @Override
  public void shutdown() {
    // The owner's death ends its tasks.
  }

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return !owner.alive();
  }

  @Override
  public boolean isTerminated() {
    return !owner.alive();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
