package dev.backstep.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Runs the histories of many seeds, on two threads: they know nothing of each other. */
final class SeedsRunner {
  private static final int THREADS = 2;
  private static final int MOST_FINDINGS = 10;

  private final AtomicLong next;
  private final long end;
  private final List<String> found = Collections.synchronizedList(new ArrayList<>());
  private final Map<Fault, Long> fired = new EnumMap<>(Fault.class);
  private final Set<String> walked = new TreeSet<>();
  private long requests;

  SeedsRunner(long first, long count) {
    next = new AtomicLong(first);
    end = first + count;
  }

  /** What was wrong, each with its seed; empty: nothing. */
  List<String> run() throws InterruptedException {
    var threads = Executors.newFixedThreadPool(THREADS);
    try {
      var running = List.of(threads.submit(this::some), threads.submit(this::some));
      for (var it : running) {
        it.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
    return List.copyOf(found);
  }

  private void some() {
    for (var seed = next.getAndIncrement();
        seed < end && found.size() < MOST_FINDINGS;
        seed = next.getAndIncrement()) {
      count(seed, outcome(seed));
    }
  }

  private static Simulation.Outcome outcome(long seed) {
    try {
      return Histories.of(seed, new Mistake()).run();
    } catch (RuntimeException | Error e) {
      throw new IllegalStateException("seed " + seed + ": " + e, e);
    }
  }

  private synchronized void count(long seed, Simulation.Outcome outcome) {
    outcome.fired().forEach((fault, times) -> fired.merge(fault, (long) times, Long::sum));
    requests += outcome.requests();
    if (outcome.walked()) {
      walked.add(Histories.ladder(seed).name());
    }
    if (outcome.violation() != null) {
      found.add(
          "seed " + seed + ": " + outcome.violation() + "\n  replay: dev/simulate --seed " + seed);
    }
  }

  /** How often each fault came up. */
  Map<Fault, Long> fired() {
    return fired;
  }

  /** The ladders that were walked to their end, whatever happened on the way. */
  Set<String> walked() {
    return walked;
  }

  long requests() {
    return requests;
  }
}
