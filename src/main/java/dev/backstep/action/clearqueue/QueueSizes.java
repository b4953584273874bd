package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.sync.Metric;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/** How much is in a queue, measured as the SyncControl measures it. */
@ApplicationScoped
class QueueSizes {
  /** Who could not be asked now may be back soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Probes probes;
  private final WorkloadLookup workloads;

  QueueSizes(Probes probes, WorkloadLookup workloads) {
    this.probes = probes;
    this.workloads = workloads;
  }

  List<Right> rights(Metric size) {
    return probes.rights(size);
  }

  CompletionStage<List<Problem>> preflight(Metric size, ActionScope scope) {
    return probes.preflight(size, at(scope));
  }

  /** The step that follows from the size; until that is known, it is waited for. */
  CompletionStage<Step> then(Metric size, ActionScope scope, LongFunction<Step> step) {
    return probes
        .value(size, size.value(), at(scope))
        .thenApply(
            reading ->
                reading.color() == Reading.Color.GREEN && reading.value().isNumber()
                    ? step.apply(reading.value().longValue())
                    : Step.of(new Work.Rolling(notKnown(reading), LOOK_AGAIN)));
  }

  private static String notKnown(Reading reading) {
    return "How much is in the queue is not known (queue.size): %s".formatted(reading.message());
  }

  private GateScope at(ActionScope scope) {
    return GateScope.of(scope.author(), workloads);
  }
}
