package dev.backstep.gate;

import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.runbook.Durations;
import dev.backstep.runbook.Reading;
import dev.backstep.runbook.Streak;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Measures gates at their intervals and tells when a reading may change what a run does next. What
 * it knows is lost with the process and measured again.
 */
@ApplicationScoped
public class GateSampler {
  /** Resting gates are not measured more often than this. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** A gate rests once it said the same so often: an application that starts is red for a while. */
  private static final int SETTLED = 10;

  private static final int THREADS = 4;

  private final Probes probes;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Map<String, Measuring> plans = new ConcurrentHashMap<>();

  @Inject
  public GateSampler(Probes probes, Clock clock) {
    this(probes, clock, Executors.newScheduledThreadPool(THREADS));
  }

  /** With threads of the caller's choice. */
  public GateSampler(Probes probes, Clock clock, ScheduledExecutorService timer) {
    this.timer = timer;
    this.probes = probes;
    this.clock = clock;
  }

  /**
   * Goes on measuring, or begins anew where the window's key is another one.
   *
   * @param plan uid of the plan
   * @param changed told after a reading that counts
   * @return what was measured so far, by gate name
   */
  public Map<String, Streak> measure(
      String plan, Window window, GateScope scope, Runnable changed) {
    var measuring =
        plans.compute(
            plan,
            (uid, known) ->
                known != null && known.goesOnWith(window, scope)
                    ? known.with(window)
                    : new Measuring(window, scope, changed, known));
    measuring.start();
    return measuring.streaks();
  }

  /** Stops measuring for a plan. */
  public void stop(String plan) {
    var known = plans.remove(plan);
    if (known != null) {
      known.ended = true;
    }
  }

  @PreDestroy
  void shutdown() {
    timer.shutdownNow();
  }

  /** The measurements of one plan's window. */
  private final class Measuring {
    private final GateScope scope;
    private final Runnable changed;
    private final Map<String, Streak> streaks = new ConcurrentHashMap<>();
    private final Map<String, Future<?>> timers = new ConcurrentHashMap<>();
    private volatile Window window;
    private volatile boolean ended;
    private boolean started;

    Measuring(Window window, GateScope scope, Runnable changed, Measuring before) {
      this.window = window;
      this.scope = scope;
      this.changed = changed;
      if (before != null) {
        before.ended = true;
      }
      window.gates().forEach(gate -> streaks.put(gate.name(), Streak.startedAt(clock.instant())));
    }

    boolean goesOnWith(Window next, GateScope nextScope) {
      return window.key().equals(next.key())
          && window.gates().equals(next.gates())
          && scope.equals(nextScope);
    }

    Measuring with(Window next) {
      var wakes = window.resting() && !next.resting();
      window = next;
      if (wakes) {
        window.gates().forEach(this::wake);
      }
      return this;
    }

    /** A measurement that waits out the gate's rest is made at the gate's own pace instead. */
    private void wake(Gate gate) {
      var waiting = timers.get(gate.name());
      if (waiting != null && waiting.cancel(false)) {
        schedule(gate, clock.instant());
      }
    }

    synchronized void start() {
      if (!started) {
        started = true;
        window.gates().forEach(gate -> timer.execute(() -> measure(gate)));
      }
    }

    private void measure(Gate gate) {
      if (ended) {
        return;
      }
      var begun = clock.instant();
      // Composed, so that a probe that throws is one failed measurement and not the last one.
      CompletableFuture.completedFuture(gate)
          .thenCompose(it -> probes.measure(it, scope))
          .orTimeout(GateScope.LIMIT.toSeconds(), TimeUnit.SECONDS)
          .exceptionally(error -> Reading.error("the measurement failed: " + error.getMessage()))
          .thenAccept(reading -> count(gate, reading))
          .whenComplete((done, error) -> schedule(gate, begun));
    }

    private void count(Gate gate, Reading reading) {
      if (!ended) {
        var before = streaks.get(gate.name());
        var after = before.and(reading, gate);
        streaks.put(gate.name(), after);
        if (counts(before, after, gate)) {
          changed.run();
        }
      }
    }

    /** A reading counts when a limit is reached, or broken again. */
    private boolean counts(Streak before, Streak after, Gate gate) {
      return before.verdict() != after.verdict()
          || after.greens() == gate.consecutiveSuccessLimit()
          || after.reds() == gate.consecutiveFailureLimit()
          || after.errors() == gate.consecutiveErrorLimit();
    }

    private void schedule(Gate gate, Instant begun) {
      if (!ended) {
        var spent = Duration.between(begun, clock.instant());
        var wait = pause(gate).minus(spent);
        var pause = Math.max(1, wait.toMillis());
        timers.put(gate.name(), timer.schedule(() -> measure(gate), pause, TimeUnit.MILLISECONDS));
      }
    }

    private Duration pause(Gate gate) {
      var interval = Durations.of(gate.interval());
      var limit = window.longest();
      if (limit != null && interval.compareTo(limit) > 0) {
        interval = limit;
      }
      var rested = window.resting() && settled(streaks.get(gate.name()));
      return rested && interval.compareTo(REST) < 0 ? REST : interval;
    }

    /** The last measurement says what the verdict says: nothing new is to be expected. */
    private boolean settled(Streak streak) {
      return switch (streak.verdict()) {
        case HEALTHY -> streak.greens() >= SETTLED;
        case UNHEALTHY -> streak.reds() >= SETTLED;
        case INCONCLUSIVE -> streak.errors() >= SETTLED;
        case PENDING -> false;
      };
    }

    Map<String, Streak> streaks() {
      return streaks.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }
}
