package dev.backstep.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.gate.GateBuilder;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.effect.Author;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Pace;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Sampler;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.Workloads;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How often a gate is measured, and which of its readings count. */
class GatePaceTest {
  private static final Gate GATE =
      GateBuilder.builder()
          .name("ready")
          .interval("5s")
          .within("60s")
          .consecutiveSuccessLimit(2)
          .consecutiveFailureLimit(3)
          .consecutiveErrorLimit(4)
          .workload(new WorkloadRef(WorkloadKind.Deployment, "web"))
          .build();
  private static final GateScope SCOPE = GateScope.of(new Author("shop", "runner"), Workloads.of());

  private final MemoryCluster cluster = new MemoryCluster();
  private final GateSampler sampler =
      new GateSampler(
          cluster.bean(Probes.class),
          new Sampler(cluster.clock(), cluster.bean(ScheduledExecutorService.class)));
  private final AtomicInteger told = new AtomicInteger();

  private Streak measure(Window window) {
    return sampler.measure("plan", window, SCOPE, told::incrementAndGet).get("ready");
  }

  private static Window window(boolean resting) {
    return new Window(List.of(new Watch(GATE, "one")), resting ? Pace.RESTING : Pace.OWN);
  }

  private int seen(Window window) {
    var streak = measure(window);
    return streak.greens() + streak.reds() + streak.errors();
  }

  private void pass(int seconds) {
    cluster.pass(Duration.ofSeconds(seconds));
  }

  private void pass(Reading said, int seconds) {
    cluster.gates(said);
    pass(seconds);
  }

  @Test
  void aGateIsMeasuredAtItsInterval() {
    measure(window(false));

    pass(1);
    assertThat(seen(window(false))).isEqualTo(1);
    pass(3);
    assertThat(seen(window(false))).isEqualTo(1);
    pass(12);
    assertThat(seen(window(false))).isEqualTo(4);
  }

  @Test
  void whereSomebodyWaitsAnIntervalIsCutShort() {
    // given
    var slow =
        new Window(List.of(new Watch(GATE, "one")), Pace.atLeastEvery(Duration.ofSeconds(2)));
    var slower =
        new Window(List.of(new Watch(GATE, "two")), Pace.atLeastEvery(Duration.ofSeconds(9)));

    // when
    measure(slow);
    pass(9);

    // then
    assertThat(seen(slow)).isEqualTo(5);
    measure(slower);
    pass(9);
    assertThat(seen(slower)).as("its own interval is shorter").isEqualTo(2);
  }

  /** Of greens the first one and the second one, which is the limit; then nothing is new. */
  @Test
  void aReadingCountsWhenItMayChangeWhatARunDoes() {
    measure(window(false));

    pass(1);
    assertThat(told).as("the first one").hasValue(1);
    pass(5);
    assertThat(told).as("healthy").hasValue(2);
    pass(20);
    assertThat(told).as("healthy as before").hasValue(2);

    pass(Reading.red("503"), 10);
    assertThat(told).as("not often enough").hasValue(2);
    pass(5);
    assertThat(told).as("unhealthy").hasValue(3);
    assertThat(measure(window(false)).verdict()).isEqualTo(Verdict.UNHEALTHY);
    pass(10);
    assertThat(told).as("unhealthy as before").hasValue(3);
  }

  @Test
  void errorsCountAtTheirLimit() {
    // given
    cluster.gates(Reading.error("unknown host"));
    measure(window(false));

    // then
    pass(11);
    assertThat(told).as("the first one").hasValue(1);
    pass(5);
    assertThat(told).as("inconclusive").hasValue(2);
    assertThat(measure(window(false)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void whatSaysNothingDoesNotCount() {
    // given
    cluster.gates(Reading.none());
    measure(window(false));

    // when
    pass(20);

    // then
    assertThat(told).hasValue(0);
    assertThat(measure(window(false)).measured()).isFalse();
    pass(Reading.green("fine"), 5);
    assertThat(told).as("it was asked again").hasValue(1);
  }

  @Test
  void aGateRestsAfterTenReadingsThatSayTheSame() {
    // given
    measure(window(true));

    // then
    pass(46);
    assertThat(seen(window(true))).isEqualTo(10);
    pass(28);
    assertThat(seen(window(true))).isEqualTo(10);
    pass(2);
    assertThat(seen(window(true))).isEqualTo(11);
  }

  @Test
  void redsAndErrorsRestAsWell() {
    for (var said : List.of(Reading.red("503"), Reading.error("unknown host"))) {
      var key = said.message();
      var window = new Window(List.of(new Watch(GATE, key)), Pace.RESTING);
      cluster.gates(said);
      measure(window);

      pass(74);
      assertThat(seen(window)).as(key).isEqualTo(10);
      pass(2);
      assertThat(seen(window)).as(key).isEqualTo(11);
    }
  }

  @Test
  void aGateThatTurnsIsMeasuredAtItsOwnPaceAgain() {
    // given
    measure(window(true));
    pass(50);

    // when
    pass(Reading.red("503"), 27);

    // then
    assertThat(measure(window(true)).reds()).isEqualTo(1);
    pass(5);
    assertThat(measure(window(true)).reds()).isEqualTo(2);
  }

  @Test
  void whoWaitsWakesAGateThatRests() {
    // given
    measure(window(true));
    pass(60);
    assertThat(seen(window(true))).isEqualTo(10);

    // when
    measure(window(false));
    pass(6);

    // then
    assertThat(seen(window(false))).isEqualTo(11);
    pass(5);
    assertThat(seen(window(false))).isEqualTo(12);
  }

  @Test
  void aSlowIntervalStaysSlowWhileResting() {
    // given
    var slow = GateBuilder.builder(GATE).interval("60s").build();
    var window = new Window(List.of(new Watch(slow, "one")), Pace.RESTING);

    // when
    measure(window);
    pass(60 * 11 + 1);

    // then
    assertThat(seen(window)).isEqualTo(12);
  }

  @Test
  void aGateThatIsMeasuredOnceIsAskedUntilItSaysSomething() {
    // given
    var once = GateBuilder.builder(GATE).measure(Gate.Measure.Once).build();
    var window = new Window(List.of(new Watch(once, "one")), Pace.OWN);
    cluster.gates(Reading.none());
    measure(window);
    pass(7);

    // when
    pass(Reading.green("fine"), 30);

    // then
    assertThat(measure(window).greens()).isEqualTo(1);
    assertThat(told).hasValue(1);
  }

  private Map<String, Streak> watch(GateScope scope, Gate... gates) {
    var watches = Arrays.stream(gates).map(gate -> new Watch(gate, "one")).toList();
    return sampler.measure("plan", new Window(watches, Pace.OWN), scope, told::incrementAndGet);
  }

  @Test
  void whatIsNotWantedAnyMoreIsForgotten() {
    // given
    var other = GateBuilder.builder(GATE).name("other").build();
    watch(SCOPE, GATE, other);
    pass(1);

    // then
    assertThat(watch(SCOPE, other)).containsOnlyKeys("other");
    pass(5);
    assertThat(told).as("two first ones and one that is healthy").hasValue(3);
    assertThat(watch(SCOPE, GATE, other).get("ready").measured()).isFalse();
  }

  @Test
  void anotherServiceAccountOrNamespaceBeginsAnew() {
    // given
    watch(SCOPE, GATE);
    pass(1);

    // then
    var again = GateScope.of(new Author("shop", "runner"), Workloads.of());
    assertThat(watch(again, GATE).get("ready").greens()).isEqualTo(1);
    var account = GateScope.of(new Author("shop", "other"), Workloads.of());
    assertThat(watch(account, GATE).get("ready").measured()).isFalse();
    pass(1);
    var namespace = GateScope.of(new Author("other", "other"), Workloads.of());
    assertThat(watch(namespace, GATE).get("ready").measured()).isFalse();
  }

  @Test
  void aPlanThatIsForgottenIsMeasuredNoMore() {
    // given
    watch(SCOPE, GATE);
    pass(1);

    // when
    sampler.stop("plan");
    pass(30);

    // then
    assertThat(told).hasValue(1);
    assertThat(watch(SCOPE, GATE).get("ready").measured()).isFalse();
  }

  @Test
  void whatNobodyIsToReadIsTakenOut() {
    // given
    var gate = GateBuilder.builder(GATE).redact("token=[a-z]+").build();
    cluster.gates(Reading.green("fine, token=abc and token=def"));

    // when
    watch(SCOPE, gate);
    pass(1);

    // then
    assertThat(watch(SCOPE, gate).get("ready").message())
        .isEqualTo("fine, [redacted] and [redacted]");
    assertThat(cluster.bean(Probes.class).invalid(gate)).isEmpty();
    assertThat(cluster.bean(Probes.class).invalid(GATE)).isEmpty();
    assertThat(cluster.bean(Probes.class).invalid(GateBuilder.builder(GATE).redact("(").build()))
        .hasValueSatisfying(it -> assertThat(it).startsWith("redact is no RE2 expression: "));
  }
}
