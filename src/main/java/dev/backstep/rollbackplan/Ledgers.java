package dev.backstep.rollbackplan;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds holds again, where the status that knew them was wiped: the targets know them too. */
@ApplicationScoped
public class Ledgers {
  private final Claims claims;
  private final Actions actions;
  private final WorkloadLookup workloads;

  public Ledgers(Claims claims, Actions actions, WorkloadLookup workloads) {
    this.claims = claims;
    this.actions = actions;
    this.workloads = workloads;
  }

  /** The holds of this plan, of whichever run, that the ledgers on its targets still name. */
  List<Hold> holds(RollbackPlan plan, RollbackPlanSpec pinned) {
    return Stream.of(pinned, plan.getSpec())
        .flatMap(spec -> actions.targets(spec).stream())
        .distinct()
        .map(ref -> workloads.find(plan.getMetadata().getNamespace(), ref))
        .flatMap(Optional::stream)
        .flatMap(workload -> marked(plan, workload))
        .toList();
  }

  private Stream<Hold> marked(RollbackPlan plan, Workload workload) {
    return Annotations.of(workload.object()).keySet().stream()
        .filter(key -> key.startsWith(Annotations.HELD_BY))
        .map(key -> key.substring(Annotations.HELD_BY.length()))
        .flatMap(
            name ->
                claims
                    .find(plan.getMetadata().getNamespace(), name)
                    .filter(claim -> claim.planUid().equals(plan.getMetadata().getUid()))
                    .map(claim -> hold(workload, claim, name))
                    .stream());
  }

  /** The ledger says run and action. */
  private static String action(String entry) {
    return entry.substring(entry.indexOf('/') + 1);
  }

  private static Hold hold(Workload workload, Claim claim, String name) {
    var annotations = Annotations.of(workload.object());
    return new Hold(
        claim.plan().run().id(),
        name,
        action(annotations.get(Annotations.HELD_BY + name)),
        "scale",
        workload.ref().kind(),
        workload.ref().name(),
        annotations.get(Annotations.HELD_REPLICAS),
        String.valueOf(workload.replicas()),
        Instant.EPOCH);
  }
}
