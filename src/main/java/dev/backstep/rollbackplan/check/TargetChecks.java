package dev.backstep.rollbackplan.check;

import dev.backstep.action.Actions;
import dev.backstep.action.TargetDoubts;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.cluster.WorkloadLookup;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** What can be known beforehand of the workloads that a plan changes. */
@ApplicationScoped
public class TargetChecks {
  private final Actions actions;
  private final WorkloadLookup workloads;
  private final List<TargetDoubts> known;

  public TargetChecks(Actions actions, WorkloadLookup workloads, @All List<TargetDoubts> known) {
    this.actions = actions;
    this.workloads = workloads;
    this.known = known;
  }

  /** Why what is done to them may not last. */
  List<String> doubts(HasMetadata plan, RollbackPlanSpec spec) {
    var namespace = plan.getMetadata().getNamespace();
    var targets =
        actions.targets(spec).stream()
            .map(ref -> workloads.find(namespace, ref))
            .flatMap(Optional::stream)
            .toList();
    return known.stream().flatMap(doubts -> doubts.of(plan, spec, targets).stream()).toList();
  }
}
