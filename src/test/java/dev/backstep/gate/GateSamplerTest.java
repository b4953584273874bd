package dev.backstep.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.gate.GateBuilder;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Author;
import dev.backstep.measure.Pace;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Verdict;
import dev.backstep.testing.Workloads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GateSamplerTest {
  private static final Gate GATE =
      GateBuilder.builder()
          .name("ready")
          .interval("1s")
          .within("5s")
          .consecutiveSuccessLimit(2)
          .consecutiveFailureLimit(2)
          .consecutiveErrorLimit(2)
          .workload(new WorkloadRef(WorkloadKind.Deployment, "web"))
          .build();

  private static final GateScope SCOPE = GateScope.of(new Author("shop", "runner"), Workloads.of());

  private final AtomicInteger measured = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private Sampler samples;
  private GateSampler sampler;

  /** Throws the first time, then is green. */
  private final class Moody implements GateProbe<WorkloadRef> {
    @Override
    public Class<WorkloadRef> type() {
      return WorkloadRef.class;
    }

    @Override
    public CompletionStage<Reading> measure(WorkloadRef gate, GateScope scope) {
      if (measured.getAndIncrement() == 0) {
        throw new IllegalStateException("a bug in a probe");
      }
      return CompletableFuture.completedStage(Reading.green("fine"));
    }
  }

  @AfterEach
  void stop() {
    samples.end();
  }

  private GateSampler sampling() {
    sampler = sampling(new Moody(), new Sampler(Clock.systemUTC()));
    return sampler;
  }

  private GateSampler sampling(GateProbe<WorkloadRef> probe, Sampler with) {
    samples = with;
    return new GateSampler(new Probes(List.of(probe)), with);
  }

  private Verdict verdict(String key) {
    var window = new Window(List.of(new Window.Watch(GATE, key)), Pace.OWN);
    return sampler.measure("plan", window, SCOPE, told::incrementAndGet).get("ready").verdict();
  }

  @Test
  void aProbeThatThrowsIsOneErrorAndIsAskedAgain() {
    sampling();

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> verdict("one") == Verdict.HEALTHY);

    assertThat(measured.get()).isGreaterThanOrEqualTo(3);
    assertThat(told.get()).isPositive();
  }

  @Test
  void anotherKeyBeginsAnew() {
    sampling();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> verdict("one") == Verdict.HEALTHY);

    assertThat(verdict("two")).isEqualTo(Verdict.PENDING);
  }

  /** All of one target, and each answers when it is told to. */
  private static final class Slow implements GateProbe<WorkloadRef> {
    private final Queue<CompletableFuture<Reading>> asked = new ConcurrentLinkedQueue<>();

    @Override
    public Class<WorkloadRef> type() {
      return WorkloadRef.class;
    }

    @Override
    public Optional<String> target(WorkloadRef gate, GateScope scope) {
      return Optional.of("web");
    }

    @Override
    public CompletionStage<Reading> measure(WorkloadRef gate, GateScope scope) {
      var answer = new CompletableFuture<Reading>();
      asked.add(answer);
      return answer;
    }
  }

  private static Gate named(String name) {
    return GateBuilder.builder(GATE).name(name).build();
  }

  private static Window window(boolean resting, Gate... gates) {
    var watches = Arrays.stream(gates).map(gate -> new Window.Watch(gate, "one")).toList();
    return new Window(watches, resting ? Pace.RESTING : Pace.OWN);
  }

  @Test
  void noMoreThanTwoMeasureOneTargetAtATime() {
    var slow = new Slow();
    sampler = sampling(slow, new Sampler(Clock.systemUTC()));
    sampler.measure("one", window(false, named("a"), named("b"), named("c")), SCOPE, () -> {});
    sampler.measure("two", window(false, named("d")), SCOPE, () -> {});

    Awaitility.await().until(() -> slow.asked.size() == 2);
    slow.asked.poll().complete(Reading.green("fine"));
    Awaitility.await().until(() -> slow.asked.size() == 2);
    slow.asked.poll().complete(Reading.green("fine"));
    slow.asked.poll().complete(Reading.green("fine"));

    Awaitility.await().until(() -> slow.asked.size() >= 1);
  }

  /** Remembers after how many milliseconds it was to do something, and does nothing. */
  private static final class Patient extends ScheduledThreadPoolExecutor {
    private final List<Long> delays = new ArrayList<>();

    Patient() {
      super(0);
    }

    @Override
    public void execute(Runnable command) {
      delays.add(-1L);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      delays.add(unit.toMillis(delay));
      return null;
    }
  }

  @Test
  void whatNobodyWaitsForBeginsOneAfterTheOther() {
    var timer = new Patient();
    var noon = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    sampler = sampling(new Moody(), new Sampler(noon, timer));

    sampler.measure("one", window(true, named("a"), named("b")), SCOPE, () -> {});
    sampler.measure("two", window(true, named("c")), SCOPE, () -> {});
    sampler.measure("three", window(false, named("d")), SCOPE, () -> {});

    assertThat(timer.delays).containsExactly(0L, 5L, 10L, -1L);
  }

  @Test
  void aGateThatIsMeasuredOnceIsAskedOneTimeForEachKey() {
    measured.set(1);
    var timer = new ScheduledThreadPoolExecutor(1);
    sampler = sampling(new Moody(), new Sampler(Clock.systemUTC(), timer));
    var once = GateBuilder.builder(GATE).measure(Gate.Measure.Once).build();
    var first = new Window(List.of(new Window.Watch(once, "level one")), Pace.OWN);
    var second = new Window(List.of(new Window.Watch(once, "level two")), Pace.OWN);

    sampler.measure("plan", first, SCOPE, told::incrementAndGet);
    Awaitility.await().until(() -> told.get() == 1);
    sampler.measure("plan", first, SCOPE, told::incrementAndGet);
    Awaitility.await().until(() -> timer.getActiveCount() == 0 && timer.getQueue().isEmpty());
    assertThat(measured).hasValue(2);

    sampler.measure("plan", second, SCOPE, told::incrementAndGet);
    Awaitility.await().until(() -> told.get() == 2);
    assertThat(measured).hasValue(3);
  }

  @Test
  void whatIsNotWantedAnyMoreIsNotMeasuredAnyMore() {
    measured.set(1);
    var timer = new ScheduledThreadPoolExecutor(1);
    sampler = sampling(new Moody(), new Sampler(Clock.systemUTC(), timer));
    sampler.measure("plan", window(false, GATE), SCOPE, told::incrementAndGet);
    Awaitility.await().until(() -> told.get() > 0);

    sampler.stop("plan");
    Awaitility.await().until(() -> timer.getActiveCount() == 0 && timer.getQueue().isEmpty());
    var until = measured.get();

    assertThat(sampler.measure("plan", window(false), SCOPE, told::incrementAndGet)).isEmpty();
    assertThat(measured).hasValue(until);
  }
}
