package dev.backstep.rollbackplan.gather;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How far the roll-outs of what a run has put back are. */
@ApplicationScoped
public class RollOuts {
  /** How many workloads are named; more would be no help. */
  private static final int NAMED = 5;

  private final WorkloadLookup workloads;

  public RollOuts(WorkloadLookup workloads) {
    this.workloads = workloads;
  }

  /** Observed when every workload that exists is rolled out; else Rolling, with how far it is. */
  Step of(String namespace, List<WorkloadRef> targets) {
    var behind =
        targets.stream()
            .map(target -> workloads.find(namespace, target))
            .flatMap(Optional::stream)
            .filter(workload -> workload.rollout().state() != Rollout.State.DONE)
            .map(workload -> workload.ref() + ": " + workload.rollout().message())
            .toList();
    return behind.isEmpty()
        ? Step.of(new Work.Observed("It is rolled out."))
        : Step.of(new Work.Rolling(said(behind)));
  }

  private static String said(List<String> behind) {
    var more = behind.size() > NAMED ? ", and %d more".formatted(behind.size() - NAMED) : "";
    return "Still rolling out: %s%s."
        .formatted(behind.stream().limit(NAMED).collect(Collectors.joining("; ")), more);
  }
}
