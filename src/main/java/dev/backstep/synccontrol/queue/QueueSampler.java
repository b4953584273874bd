package dev.backstep.synccontrol.queue;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.api.v1alpha1.sync.Measurable;
import dev.backstep.api.v1alpha1.sync.QueueStatus.Growth;
import dev.backstep.api.v1alpha1.sync.QueueStatus.NotMeasured;
import dev.backstep.api.v1alpha1.sync.QueueStatusBuilder;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.api.v1alpha1.value.GateKind;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.measure.Limits;
import dev.backstep.measure.Pace;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Sample;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Streak;
import dev.backstep.memory.PerObjectState;
import dev.backstep.synccontrol.watch.SyncWakeups;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Has the queues of SyncControls measured, by those who measure gates. What it knows is lost with
 * the process and measured again.
 */
@ApplicationScoped
public class QueueSampler implements PerObjectState {
  /** Before its own time begins there may be the API server to ask, or a turn to wait for. */
  private static final Duration AROUND = Duration.ofSeconds(60);

  /** After so many measurements in a row that could not be made, the last value does not count. */
  private static final int ERRORS = 3;

  private final Probes probes;
  private final Sampler sampler;
  private final WorkloadLookup workloads;
  private final SyncWakeups wakeups;
  private final Map<String, Map<String, Trend>> trends = new ConcurrentHashMap<>();

  public QueueSampler(
      Probes probes, Sampler sampler, WorkloadLookup workloads, SyncWakeups wakeups) {
    this.probes = probes;
    this.sampler = sampler;
    this.workloads = workloads;
    this.wakeups = wakeups;
  }

  /** What is measured, and on whose rights. */
  private record Key(Measurable what, Author author) {}

  /** Measures what the SyncControl says from now on, and nothing else. */
  Measured measure(SyncControl sync) {
    var spec = sync.getSpec();
    var uid = sync.getMetadata().getUid();
    if (!spec.measures() || sync.isMarkedForDeletion()) {
      forget(uid);
      return Measured.NOTHING;
    }
    var author = new Author(sync.getMetadata().getNamespace(), spec.serviceAccountName());
    var samples =
        spec.queue().measured().entrySet().stream()
            .map(it -> sample(it.getKey(), it.getValue(), spec.queue(), author))
            .toList();
    var pace = spec.autoDisable().isEmpty() ? Pace.RESTING : Pace.OWN;
    var streaks = sampler.measure(uid, samples, pace, wakeups.of(sync));
    return streaks.values().stream().allMatch(Streak::measured)
        ? measured(uid, samples, streaks)
        : Measured.NOTHING;
  }

  private Sample sample(String name, Measurable what, SyncQueue queue, Author author) {
    var scope = GateScope.of(author, workloads);
    var interval = Durations.of(queue.interval());
    UnaryOperator<Reading> wanted =
        name.equals(SyncQueue.LAST_SYNC) ? QueueValues::time : QueueValues::number;
    return new Sample(
        name,
        new Key(what, author),
        probes.target(what.union(), scope),
        interval,
        timeout(what).plus(AROUND),
        false,
        true,
        new Limits(1, 1, ERRORS, interval.multipliedBy(ERRORS).plus(AROUND)),
        previous -> probes.value(what.union(), what.value(), scope).thenApply(wanted));
  }

  private static Duration timeout(Measurable what) {
    return Members.set(what.union())
        .map(GateKind.class::cast)
        .map(kind -> Durations.of(kind.timeout()))
        .orElse(Duration.ZERO);
  }

  private Measured measured(String uid, List<Sample> samples, Map<String, Streak> streaks) {
    samples.forEach(sample -> remember(uid, sample, streaks.get(sample.name())));
    var size = number(streaks, SyncQueue.SIZE);
    var failed = number(streaks, SyncQueue.FAILED);
    var sizeGrowth = size.flatMap(it -> growth(uid, SyncQueue.SIZE));
    var failedGrowth = failed.flatMap(it -> growth(uid, SyncQueue.FAILED));
    var queue =
        QueueStatusBuilder.builder()
            .size(size.orElse(null))
            .failed(failed.orElse(null))
            .lastSync(time(streaks).orElse(null))
            .growthPerMinute(growth(sizeGrowth, failedGrowth))
            .notMeasured(notMeasured(streaks))
            .measuredAt(last(streaks))
            .build();
    var settled =
        size.isPresent() == sizeGrowth.isPresent()
            && failed.isPresent() == failedGrowth.isPresent();
    return new Measured(Optional.of(queue), settled);
  }

  private void remember(String uid, Sample sample, Streak streak) {
    if (streak.errors() == 0 && streak.value().isNumber()) {
      trends
          .computeIfAbsent(uid, it -> new ConcurrentHashMap<>())
          .compute(
              sample.name(),
              (name, known) ->
                  (known == null || !known.key().equals(sample.key())
                          ? Trend.of(sample.key())
                          : known)
                      .and(streak.lastAt(), streak.value().longValue()));
    }
  }

  private Optional<Long> growth(String uid, String name) {
    return Optional.ofNullable(trends.getOrDefault(uid, Map.of()).get(name))
        .flatMap(Trend::perMinute);
  }

  /** Null where nothing is known of either. */
  private static Growth growth(Optional<Long> size, Optional<Long> failed) {
    return size.isEmpty() && failed.isEmpty()
        ? null
        : new Growth(size.orElse(null), failed.orElse(null));
  }

  private static Optional<Long> number(Map<String, Streak> streaks, String name) {
    return Stream.ofNullable(streaks.get(name))
        .filter(streak -> !missing(streak))
        .map(streak -> streak.value().longValue())
        .findFirst();
  }

  private static Optional<Instant> time(Map<String, Streak> streaks) {
    return Stream.ofNullable(streaks.get(SyncQueue.LAST_SYNC))
        .filter(streak -> !missing(streak) && !streak.value().isNull())
        .map(streak -> Instant.parse(streak.value().textValue()))
        .findFirst();
  }

  /** A measurement that failed for once leaves the last value, if there is one. */
  private static boolean missing(Streak streak) {
    return streak.errors() >= ERRORS || streak.errors() > 0 && streak.value().isNull();
  }

  private static List<NotMeasured> notMeasured(Map<String, Streak> streaks) {
    var all = new ArrayList<NotMeasured>();
    streaks.entrySet().stream()
        .filter(it -> missing(it.getValue()))
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            it ->
                all.add(new NotMeasured(it.getKey(), Sentences.bounded(it.getValue().message()))));
    return all;
  }

  private static Instant last(Map<String, Streak> streaks) {
    return streaks.values().stream()
        .map(Streak::lastAt)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH)
        .truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void forget(String uid) {
    sampler.stop(uid);
    trends.remove(uid);
  }
}
