package dev.backstep.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.GateBuilder;
import dev.backstep.api.v1alpha1.WorkloadKind;
import dev.backstep.api.v1alpha1.WorkloadRef;
import dev.backstep.runbook.Reading;
import dev.backstep.runbook.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  private static final GateScope SCOPE =
      new GateScope("shop", "runner", (namespace, ref) -> Optional.empty());

  private final AtomicInteger measured = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
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
    sampler.shutdown();
  }

  private GateSampler sampling() {
    sampler = new GateSampler(new Probes(List.of(new Moody())), Clock.systemUTC());
    return sampler;
  }

  private Verdict verdict(String key) {
    var window = new Window(List.of(new Window.Watch(GATE, key)), null, false);
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
}
