package dev.backstep.measure;

import dev.backstep.memory.PerObjectState;
import dev.backstep.turn.Turns;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Measures at intervals, whatever it is, and tells when a reading may change what somebody does
 * next. What it knows is lost with the process and measured again.
 */
@ApplicationScoped
public class Sampler implements PerObjectState {
  /** What rests is not measured more often than this. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** Readings in a row before it rests: an application that starts is red for a while. */
  private static final int SETTLED = 10;

  private static final int THREADS = 4;

  /** An application that is ill is not helped by being asked by everybody at the same moment. */
  private static final int AT_ONCE = 2;

  /** Between the starts of what nobody waits for: after a restart all want measuring at once. */
  private static final Duration SPACING = Duration.ofMillis(5);

  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Turns turns;
  private final Map<String, Map<String, Series>> owners = new ConcurrentHashMap<>();
  private Instant lastBegin = Instant.MIN;

  @Inject
  public Sampler(Clock clock) {
    this(clock, Executors.newScheduledThreadPool(THREADS));
  }

  /** With threads of the caller's choice. */
  public Sampler(Clock clock, ScheduledExecutorService timer) {
    this.timer = timer;
    this.turns = new Turns(timer);
    this.clock = clock;
  }

  /**
   * Goes on measuring what is measured already under the same key, begins with what is not, and
   * ends what is not wanted any more.
   *
   * @param owner for whom it is measured, such as the uid of a plan
   * @param changed called after a reading that counts
   * @return what was measured so far, by name
   */
  public Map<String, Streak> measure(
      String owner, List<Sample> wanted, Pace pace, Runnable changed) {
    var measuring = owners.computeIfAbsent(owner, it -> new ConcurrentHashMap<>());
    var names = wanted.stream().map(Sample::name).toList();
    measuring.keySet().stream()
        .filter(name -> !names.contains(name))
        .toList()
        .forEach(name -> measuring.remove(name).end());
    for (var sample : wanted) {
      measuring.compute(
          sample.name(),
          (name, series) -> {
            if (series != null && series.sample.key().equals(sample.key())) {
              return series.with(sample, pace);
            }
            if (series != null) {
              series.end();
            }
            return new Series(owner, sample, pace, changed).begin();
          });
    }
    return measuring.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().streak));
  }

  @Override
  public void forget(String uid) {
    stop(uid);
  }

  /** Stops measuring for somebody. */
  public void stop(String owner) {
    var series = owners.remove(owner);
    if (series != null) {
      series.values().forEach(Series::end);
    }
  }

  /** How long a new measurement that nobody waits for is put off, in milliseconds. */
  private synchronized long spaced() {
    var now = clock.instant();
    var next = lastBegin.isBefore(now.minus(SPACING)) ? now : lastBegin.plus(SPACING);
    lastBegin = next;
    return Duration.between(now, next).toMillis();
  }

  /** Measures nothing any more. */
  @PreDestroy
  public void end() {
    timer.shutdownNow();
  }

  /** The measurements of one sample under one key. */
  private final class Series {
    private final String owner;
    private final Runnable changed;
    private volatile Sample sample;
    private volatile Pace pace;
    private volatile Streak streak = Streak.startedAt(clock.instant());
    private volatile Future<?> next;
    private volatile boolean ended;

    Series(String owner, Sample sample, Pace pace, Runnable changed) {
      this.owner = owner;
      this.sample = sample;
      this.pace = pace;
      this.changed = changed;
    }

    Series begin() {
      if (pace.resting()) {
        next = timer.schedule(this::measure, spaced(), TimeUnit.MILLISECONDS);
      } else {
        timer.execute(this::measure);
      }
      return this;
    }

    void end() {
      ended = true;
    }

    /** What waits out its rest is measured at its own pace instead. */
    Series with(Sample other, Pace otherPace) {
      sample = other;
      var wakes = pace.resting() && !otherPace.resting();
      pace = otherPace;
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
      var asked = sample;
      // Composed, so that a measurement that throws is one that failed and not the last one.
      CompletableFuture.completedFuture(asked)
          .thenCompose(this::inTurn)
          .exceptionally(error -> Reading.error(failed(asked, error)))
          .thenAccept(this::count)
          .whenComplete((done, error) -> schedule(begun));
    }

    private CompletionStage<Reading> inTurn(Sample asked) {
      return asked
          .target()
          .map(target -> turns.take(target, AT_ONCE, owner, () -> measured(asked)))
          .orElseGet(() -> measured(asked));
    }

    /**
     * The limit is that of the measurement itself; a turn that is not wanted any more is given up.
     */
    private CompletionStage<Reading> measured(Sample asked) {
      return ended
          ? CompletableFuture.completedStage(Reading.none())
          : asked
              .measurement()
              .after(streak.value())
              .toCompletableFuture()
              .orTimeout(asked.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void count(Reading reading) {
      if (!ended && reading.color() != Reading.Color.NONE) {
        var before = streak;
        streak = before.and(reading, sample.limits(), clock.instant());
        if (sample.every() || counts(before, streak, sample.limits())) {
          changed.run();
        }
      }
    }

    private void schedule(Instant begun) {
      var answered = sample.once() && streak.measured();
      if (!ended && !answered) {
        var spent = Duration.between(begun, clock.instant());
        var pause = Math.max(1, pause().minus(spent).toMillis());
        next = timer.schedule(this::measure, pause, TimeUnit.MILLISECONDS);
      }
    }

    private Duration pause() {
      var interval = pace.of(sample.interval());
      var rests = pace.resting() && streak.settled(SETTLED);
      return rests && interval.compareTo(REST) < 0 ? REST : interval;
    }
  }

  private static String failed(Sample asked, Throwable error) {
    var cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof TimeoutException
        ? "the measurement took longer than %d s".formatted(asked.timeout().toSeconds())
        : "the measurement failed: %s".formatted(cause.getMessage());
  }

  /** A reading counts when a limit is reached, or broken again; and the first one. */
  private static boolean counts(Streak before, Streak after, Limits limits) {
    return before.verdict() != after.verdict()
        || !before.measured()
        || after.greens() == limits.greens()
        || after.reds() == limits.reds()
        || after.errors() == limits.errors();
  }
}
