package dev.backstep.gate.logs;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.backstep.api.v1alpha1.gate.LogsGate;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Refusal;
import dev.backstep.cluster.Workload;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Judgement;
import dev.backstep.gate.logs.PodLogs.UnreadException;
import dev.backstep.gate.logs.PodLogs.Wanted;
import dev.backstep.measure.Reading;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Counts what the pods of a workload logged. No line is ever said or kept. */
@ApplicationScoped
public class LogsProbe implements GateProbe<LogsGate> {
  /** Where no effects are to be judged. */
  private static final Duration LOOKS_BACK = Duration.ofMinutes(5);

  private static final int THREADS = 4;

  private final PodLogs logs;
  private final Clock clock;
  private final Judgement judgement = new Judgement("matches", Map.of());

  /** Logs are read by those who wait for them. */
  private final ExecutorService readers = Executors.newFixedThreadPool(THREADS);

  public LogsProbe(PodLogs logs, Clock clock) {
    this.logs = logs;
    this.clock = clock;
  }

  @Override
  public Class<LogsGate> type() {
    return LogsGate.class;
  }

  @Override
  public Optional<String> invalid(LogsGate gate) {
    try {
      Pattern.compile(gate.pattern());
      return judgement.invalid(gate.successCondition()).map(wrong -> "logs: %s".formatted(wrong));
    } catch (PatternSyntaxException e) {
      return Optional.of("logs: pattern is no RE2 expression: %s".formatted(e.getMessage()));
    }
  }

  @Override
  public List<Right> rights(LogsGate gate) {
    return List.of(
        new Right("list", "", "pods", List.of()), new Right("get", "", "pods/log", List.of()));
  }

  @Override
  public Duration looksBack(LogsGate gate) {
    return gate.since() == null ? Duration.ZERO : Durations.of(gate.since());
  }

  @Override
  public CompletionStage<Reading> measure(LogsGate gate, GateScope scope) {
    return CompletableFuture.supplyAsync(
        () ->
            scope
                .workloads()
                .find(scope.namespace(), gate.workload())
                .map(workload -> measured(gate, workload, scope))
                .orElseGet(() -> Reading.error("%s does not exist".formatted(gate.workload()))),
        readers);
  }

  private Reading measured(LogsGate gate, Workload workload, GateScope scope) {
    var container = Optional.ofNullable(gate.container());
    if (container.filter(name -> !has(workload, name)).isPresent()) {
      return Reading.error("%s has no container %s".formatted(workload.ref(), gate.container()));
    }
    try {
      var wanted = new Wanted(workload, container, since(gate, scope));
      var matches = logs.matches(wanted, Pattern.compile(gate.pattern()), scope.author());
      return judgement.of(gate.successCondition(), matches, Map.of(), scope);
    } catch (UnreadException e) {
      return Reading.error(e.getMessage());
    } catch (KubernetesClientException e) {
      return Reading.error(
          "the logs of %s cannot be read: %s"
              .formatted(workload.ref(), Sentences.clause(Refusal.said(e))));
    }
  }

  private static boolean has(Workload workload, String container) {
    return workload.template().getSpec().getContainers().stream()
        .anyMatch(it -> it.getName().equals(container));
  }

  private Instant since(LogsGate gate, GateScope scope) {
    var now = clock.instant();
    return gate.since() == null
        ? scope.observedAt().orElseGet(() -> now.minus(LOOKS_BACK))
        : now.minus(Durations.of(gate.since()));
  }

  @PreDestroy
  void stop() {
    readers.shutdownNow();
  }
}
