package dev.backstep.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Time that passes only when nothing is left to do. Everything that happens is a task in one queue;
 * tasks that are due at the same instant run in an order that the seed decides. A task may let time
 * pass while it runs (a request that hangs): the others then run inside of it.
 */
final class VirtualTime extends Clock {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final Random random;
  private long now;
  private long numbers;
  private boolean halted;

  VirtualTime(long seed) {
    random = new Random(seed);
  }

  /** Whose task it is: those of the dead never run, those of the paused run later. */
  interface Owner {
    boolean alive();

    long pausedUntil();
  }

  /** Something to be done at its time. */
  static final class Task implements Comparable<Task> {
    private final long at;
    private final int tie;
    private final long number;
    private final Owner owner;
    private final Runnable work;
    private boolean cancelled;

    private Task(long at, int tie, long number, Owner owner, Runnable work) {
      this.at = at;
      this.tie = tie;
      this.number = number;
      this.owner = owner;
      this.work = work;
    }

    void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Task other) {
      var byTime = Long.compare(at, other.at);
      var byTie = byTime == 0 ? Integer.compare(tie, other.tie) : byTime;
      return byTie == 0 ? Long.compare(number, other.number) : byTie;
    }
  }

  /** Milliseconds since the beginning. */
  long elapsed() {
    return now;
  }

  int random(int bound) {
    return random.nextInt(bound);
  }

  /** A duration between the two, as the seed wills. */
  long between(long least, long most) {
    return least + random.nextInt((int) (most - least + 1));
  }

  Task after(long millis, Owner owner, Runnable work) {
    var task = new Task(now + millis, random.nextInt(), numbers++, owner, work);
    tasks.add(task);
    return task;
  }

  /** Runs what is due until {@code end}, and is there afterwards. */
  void runUntil(long end) {
    runUntil(end, () -> true);
  }

  /** As {@link #runUntil(long)}, as long as somebody waits for it. */
  void runUntil(long end, BooleanSupplier waits) {
    while (!halted && waits.getAsBoolean()) {
      var next = tasks.peek();
      if (next == null || next.at > end) {
        now = Math.max(now, end);
        return;
      }
      tasks.poll();
      now = Math.max(now, next.at);
      run(next);
    }
  }

  private void run(Task task) {
    if (task.cancelled || task.owner != null && !task.owner.alive()) {
      return;
    }
    if (task.owner != null && task.owner.pausedUntil() > now) {
      var later = task.owner.pausedUntil();
      tasks.add(new Task(later, random.nextInt(), numbers++, task.owner, () -> run(task)));
      return;
    }
    try {
      task.work.run();
    } catch (Crash e) {
      // The process is dead; its tasks will not run any more.
    }
  }

  /** Ends everything: something was found. */
  void halt() {
    halted = true;
  }

  boolean halted() {
    return halted;
  }

  @Override
  public long millis() {
    return BEGIN.toEpochMilli() + now;
  }

  @Override
  public Instant instant() {
    return BEGIN.plusMillis(now);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
