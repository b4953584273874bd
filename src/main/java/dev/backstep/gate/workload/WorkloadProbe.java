package dev.backstep.gate.workload;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Rollout;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.measure.Reading;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Green while a workload is rolled out and ready. */
@ApplicationScoped
public class WorkloadProbe implements GateProbe<WorkloadRef> {
  @Override
  public Class<WorkloadRef> type() {
    return WorkloadRef.class;
  }

  @Override
  public List<WorkloadRef> workloads(WorkloadRef gate) {
    return List.of(gate);
  }

  @Override
  public CompletionStage<Reading> measure(WorkloadRef gate, GateScope scope) {
    return CompletableFuture.completedStage(
        scope
            .workloads()
            .find(scope.namespace(), gate)
            .map(workload -> reading(gate, workload.rollout()))
            .orElseGet(() -> absent(gate, scope)));
  }

  private static Reading absent(WorkloadRef gate, GateScope scope) {
    return scope
        .workloads()
        .missing(gate.kind())
        .map(part -> Reading.error("%s: %s is not installed in the cluster".formatted(gate, part)))
        .orElseGet(() -> Reading.red("%s does not exist".formatted(gate)));
  }

  private static Reading reading(WorkloadRef gate, Rollout rollout) {
    var message = gate + ": " + rollout.message();
    return rollout.state() == Rollout.State.DONE ? Reading.green(message) : Reading.red(message);
  }
}
