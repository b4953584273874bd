package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.LedgerEntry;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Finds out whether those who hold a workload still exist: a plan that knows of the hold, has an
 * open run with its claim, or lost its status and will find the hold again. The namespace's plans
 * are listed only where an entry is not the asking plan's own.
 */
@ApplicationScoped
public class Holders {
  private final KubernetesClient client;
  private final Claims claims;

  public Holders(KubernetesClient client, Claims claims) {
    this.client = client;
    this.claims = claims;
  }

  /** Answers for one pass over a plan. */
  HolderLookup of(RollbackPlan plan) {
    return new Lookup(plan);
  }

  private final class Lookup implements HolderLookup {
    private final RollbackPlan asking;
    private List<RollbackPlan> plans = List.of();
    private boolean listed;

    Lookup(RollbackPlan asking) {
      this.asking = asking;
    }

    @Override
    public boolean exists(LedgerEntry entry, WorkloadRef target) {
      return knows(asking, entry, target)
          || plans().stream().anyMatch(plan -> knows(plan, entry, target));
    }

    private List<RollbackPlan> plans() {
      if (!listed) {
        var namespace = asking.getMetadata().getNamespace();
        plans = client.resources(RollbackPlan.class).inNamespace(namespace).list().getItems();
        listed = true;
      }
      return plans;
    }
  }

  private boolean knows(RollbackPlan plan, LedgerEntry entry, WorkloadRef target) {
    var status = PlanView.statusOf(plan);
    if (status.run() == null) {
      return claims
          .find(plan.getMetadata().getNamespace(), entry.claim())
          .filter(claim -> claim.planUid().equals(plan.getMetadata().getUid()))
          .isPresent();
    }
    return PlanView.runOpen(plan) && status.run().claim().equals(entry.claim())
        || status.holds().stream()
            .anyMatch(hold -> entry.isOf(hold) && target.toString().equals(hold.target()));
  }
}
