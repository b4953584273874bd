package dev.backstep.gate;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.resource.PerObjectState;
import dev.backstep.time.Durations;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
public class GateSampler implements PerObjectState {
  /** Resting gates are not measured more often than this. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** Readings in a row before a gate rests: an application that starts is red for a while. */
  private static final int SETTLED = 10;

  private static final int THREADS = 4;

  /**
   * Between the starts of what nobody waits for: after a restart all plans want measuring at once.
   */
  private static final Duration SPACING = Duration.ofMillis(5);

  private final Probes probes;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Turns turns;
  private final Map<String, Map<String, Measurement>> plans = new ConcurrentHashMap<>();
  private Instant lastBegin = Instant.MIN;

  @Inject
  public GateSampler(Probes probes, Clock clock) {
    this(probes, clock, Executors.newScheduledThreadPool(THREADS));
  }

  /** With threads of the caller's choice. */
  public GateSampler(Probes probes, Clock clock, ScheduledExecutorService timer) {
    this.timer = timer;
    this.turns = new Turns(timer);
    this.probes = probes;
    this.clock = clock;
  }

  /**
   * Goes on measuring what is measured already under the same key, begins with what is not, and
   * ends what is not wanted any more.
   *
   * @param plan uid of the plan
   * @param changed called after a reading that counts
   * @return what was measured so far, by gate name
   */
  public Map<String, Streak> measure(
      String plan, Window window, GateScope scope, Runnable changed) {
    var measuring = plans.computeIfAbsent(plan, uid -> new ConcurrentHashMap<>());
    var wanted = window.watches().stream().map(watch -> watch.gate().name()).toList();
    measuring.keySet().stream()
        .filter(name -> !wanted.contains(name))
        .toList()
        .forEach(name -> measuring.remove(name).end());
    for (var watch : window.watches()) {
      measuring.compute(
          watch.gate().name(),
          (name, measurement) -> {
            if (measurement != null && measurement.goesOnWith(watch, scope)) {
              return measurement.with(window, scope);
            }
            if (measurement != null) {
              measurement.end();
            }
            return new Measurement(watch, window, scope, changed).begin();
          });
    }
    return measuring.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().streak));
  }

  @Override
  public void forget(String uid) {
    stop(uid);
  }

  /** Stops measuring for a plan. */
  public void stop(String plan) {
    var measurements = plans.remove(plan);
    if (measurements != null) {
      measurements.values().forEach(Measurement::end);
    }
  }

  /** How long a new measurement that nobody waits for is put off, in milliseconds. */
  private synchronized long spaced() {
    var now = clock.instant();
    var next = lastBegin.isBefore(now.minus(SPACING)) ? now : lastBegin.plus(SPACING);
    lastBegin = next;
    return Duration.between(now, next).toMillis();
  }

  @PreDestroy
  void shutdown() {
    timer.shutdownNow();
  }

  /** The measurements of one gate under one key. */
  private final class Measurement {
    private final Watch watch;
    private volatile GateScope scope;
    private final Runnable changed;
    private volatile Streak streak = Streak.startedAt(clock.instant());
    private volatile Window window;
    private volatile Future<?> next;
    private volatile boolean ended;

    Measurement(Watch watch, Window window, GateScope scope, Runnable changed) {
      this.watch = watch;
      this.window = window;
      this.scope = scope;
      this.changed = changed;
    }

    boolean goesOnWith(Watch other, GateScope otherScope) {
      return watch.equals(other)
          && scope.namespace().equals(otherScope.namespace())
          && scope.serviceAccount().equals(otherScope.serviceAccount());
    }

    Measurement begin() {
      if (window.resting()) {
        next = timer.schedule(this::measure, spaced(), TimeUnit.MILLISECONDS);
      } else {
        timer.execute(this::measure);
      }
      return this;
    }

    void end() {
      ended = true;
    }

    /** A measurement that waits out the gate's rest is made at the gate's own pace instead. */
    Measurement with(Window other, GateScope otherScope) {
      scope = otherScope;
      var wakes = window.resting() && !other.resting();
      window = other;
      var waiting = next;
      if (wakes && waiting != null && waiting.cancel(false)) {
        if (streak.measured()) {
          schedule(clock.instant());
        } else {
          timer.execute(this::measure);
        }
      }
      return this;
    }

    private void measure() {
      if (ended) {
        return;
      }
      var begun = clock.instant();
      // Composed, so that a probe that throws is one failed measurement and not the last one.
      CompletableFuture.completedFuture(watch.gate())
          .thenCompose(this::inTurn)
          .exceptionally(error -> Reading.error("the measurement failed: " + error.getMessage()))
          .thenAccept(this::count)
          .whenComplete((done, error) -> schedule(begun));
    }

    private CompletionStage<Reading> inTurn(Gate gate) {
      return probes
          .target(gate, scope)
          .map(target -> turns.take(target, () -> asked(gate)))
          .orElseGet(() -> asked(gate));
    }

    /**
     * The limit is that of the measurement itself; a turn that is not wanted any more is given up.
     */
    private CompletionStage<Reading> asked(Gate gate) {
      return ended
          ? CompletableFuture.completedStage(Reading.none())
          : probes
              .measure(gate, scope)
              .toCompletableFuture()
              .orTimeout(GateScope.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void count(Reading reading) {
      if (!ended && reading.color() != Reading.Color.NONE) {
        var before = streak;
        streak = before.and(Redaction.of(watch.gate(), reading), watch.gate(), clock.instant());
        if (counts(before, streak, watch.gate())) {
          changed.run();
        }
      }
    }

    /** A reading counts when a limit is reached, or broken again; and the first one. */
    private boolean counts(Streak before, Streak after, Gate gate) {
      return before.verdict() != after.verdict()
          || !before.measured()
          || after.greens() == gate.successLimit()
          || after.reds() == gate.failureLimit()
          || after.errors() == gate.errorLimit();
    }

    private void schedule(Instant begun) {
      var answered = watch.gate().once() && streak.measured();
      if (!ended && !answered) {
        var spent = Duration.between(begun, clock.instant());
        var pause = Math.max(1, pause(watch.gate()).minus(spent).toMillis());
        next = timer.schedule(this::measure, pause, TimeUnit.MILLISECONDS);
      }
    }

    private Duration pause(Gate gate) {
      var interval = Durations.of(gate.interval());
      var limit = window.longest();
      if (limit != null && interval.compareTo(limit) > 0) {
        interval = limit;
      }
      var rested = window.resting() && settled(streak);
      return rested && interval.compareTo(REST) < 0 ? REST : interval;
    }

    /** The last measurement says what the verdict says: nothing new is to be expected. */
    private boolean settled(Streak measured) {
      return switch (measured.verdict()) {
        case HEALTHY -> measured.greens() >= SETTLED;
        case UNHEALTHY -> measured.reds() >= SETTLED;
        case INCONCLUSIVE -> measured.errors() >= SETTLED;
        case PENDING -> false;
      };
    }
  }
}
