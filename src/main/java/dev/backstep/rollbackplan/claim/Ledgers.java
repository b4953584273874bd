package dev.backstep.rollbackplan.claim;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.claim.Claim;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.OrphanedHolds;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.rollbackplan.view.PlanView;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the ledgers on a plan's targets say beyond the plan's own status. */
@ApplicationScoped
public class Ledgers {
  private final PlanClaims claims;
  private final Actions actions;
  private final WorkloadLookup workloads;
  private final KubernetesClient client;
  private final HolderLookup holders;

  public Ledgers(
      PlanClaims claims,
      Actions actions,
      WorkloadLookup workloads,
      KubernetesClient client,
      HolderLookup holders) {
    this.claims = claims;
    this.actions = actions;
    this.workloads = workloads;
    this.client = client;
    this.holders = holders;
  }

  /**
   * Holds of this plan, of whichever run, that its status does not know: it was wiped, or an effect
   * landed late. Looked up live, because a cache may still show what was given back.
   */
  public List<Hold> found(RollbackPlan plan, RollbackPlanSpec pinned) {
    return targets(plan, pinned)
        .filter(workload -> holds(plan, workload).findAny().isPresent())
        .flatMap(
            workload ->
                Stream.ofNullable(client.resource(workload.object()).get()).map(workload::seen))
        .flatMap(live -> holds(plan, live))
        .toList();
  }

  /** What this plan holds of a workload, and does not know. */
  private Stream<Hold> holds(RollbackPlan plan, Workload workload) {
    return unknown(plan, workload)
        .flatMap(
            entry ->
                claims
                    .find(plan.getMetadata().getNamespace(), entry.claim())
                    .filter(claim -> claim.ownerUid().equals(plan.getMetadata().getUid()))
                    .map(claim -> TargetLedger.hold(workload, entry, type(claim, entry)))
                    .stream());
  }

  /** What kind of action took it, as the run's plan says; nothing, if that has none of its name. */
  private String type(Claim<RollbackPlanSpec> claim, LedgerEntry entry) {
    return claim
        .pinned()
        .allActions()
        .filter(action -> action.name().equals(entry.action()))
        .map(actions::type)
        .findFirst()
        .orElse("");
  }

  /** Who else holds this plan's targets, in words; empty: nobody does. */
  public List<String> others(RollbackPlan plan, RollbackPlanSpec pinned) {
    return targets(plan, pinned)
        .flatMap(
            workload ->
                unknown(plan, workload)
                    .map(
                        entry ->
                            "%s (%d replicas) by %s"
                                .formatted(workload.ref(), entry.replicas(), entry.holder())))
        .toList();
  }

  /** What holds this plan's targets though its holder does not exist any more, in words. */
  public List<String> orphans(RollbackPlan plan) {
    var known = holders.in(plan.getMetadata().getNamespace());
    return targets(plan, plan.getSpec())
        .flatMap(
            workload -> {
              var orphans =
                  unknown(plan, workload)
                      .filter(entry -> !known.exists(entry, workload.ref().toString()))
                      .toList();
              return orphans.isEmpty()
                  ? Stream.of()
                  : Stream.of(OrphanedHolds.say(workload, orphans) + ".");
            })
        .toList();
  }

  private Stream<Workload> targets(RollbackPlan plan, RollbackPlanSpec pinned) {
    return Stream.of(pinned, plan.getSpec())
        .flatMap(spec -> actions.targets(spec).stream())
        .distinct()
        .map(ref -> workloads.find(plan.getMetadata().getNamespace(), ref))
        .flatMap(Optional::stream);
  }

  private static Stream<LedgerEntry> unknown(RollbackPlan plan, Workload workload) {
    return TargetLedger.of(workload).entries().stream()
        .filter(
            entry ->
                PlanView.statusOf(plan).holds().stream()
                    .filter(hold -> workload.ref().toString().equals(hold.target()))
                    .noneMatch(entry::isOf));
  }
}
