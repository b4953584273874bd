package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.Holders;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanCache;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Plans that hold a workload: one that knows of the hold, has an open run with its claim, or lost
 * its status and will find the hold again. The namespace's plans are listed only where the cache
 * does not know the holder: it may be behind.
 */
@ApplicationScoped
public class PlanHolders implements Holders {
  private static final String KIND = HasMetadata.getKind(RollbackPlan.class);

  private final KubernetesClient client;
  private final PlanClaims claims;
  private final PlanCache cache;

  public PlanHolders(KubernetesClient client, PlanClaims claims, PlanCache cache) {
    this.client = client;
    this.claims = claims;
    this.cache = cache;
  }

  @Override
  public Holding in(String namespace) {
    return new Lookup(namespace);
  }

  private final class Lookup implements Holding {
    private final String namespace;
    private List<RollbackPlan> plans = List.of();
    private boolean listed;

    Lookup(String namespace) {
      this.namespace = namespace;
    }

    @Override
    public boolean exists(LedgerEntry entry, String target) {
      return anybody(entry, plan -> open(plan, entry) || holding(plan, entry, target));
    }

    @Override
    public boolean holds(LedgerEntry entry, String target) {
      return anybody(entry, plan -> holding(plan, entry, target));
    }

    private boolean anybody(LedgerEntry entry, Predicate<RollbackPlan> which) {
      return entry.kind().equals(KIND)
          && (cached(entry).anyMatch(which) || plans().stream().anyMatch(which));
    }

    /** The plans that the entry is about, as far as it says so. */
    private Stream<RollbackPlan> cached(LedgerEntry entry) {
      return Stream.concat(
          entry.name().flatMap(name -> cache.byName(new ResourceID(name, namespace))).stream(),
          cache.byClaim(namespace, entry.claim()).stream());
    }

    private List<RollbackPlan> plans() {
      if (!listed) {
        plans = client.resources(RollbackPlan.class).inNamespace(namespace).list().getItems();
        listed = true;
      }
      return plans;
    }
  }

  private static boolean open(RollbackPlan plan, LedgerEntry entry) {
    return PlanView.runOpen(plan) && plan.getStatus().run().claim().equals(entry.claim());
  }

  private boolean holding(RollbackPlan plan, LedgerEntry entry, String target) {
    var status = PlanView.statusOf(plan);
    if (status.run() == null) {
      return claims
          .find(plan.getMetadata().getNamespace(), entry.claim())
          .filter(claim -> claim.ownerUid().equals(plan.getMetadata().getUid()))
          .isPresent();
    }
    return status.holds().stream()
        .anyMatch(hold -> entry.isOf(hold) && target.equals(hold.target()));
  }
}
