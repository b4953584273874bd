package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Plans without an informer. */
public final class SimulatedPlanCache extends PlanCache {
  private final Supplier<List<RollbackPlan>> plans;

  public SimulatedPlanCache(Supplier<List<RollbackPlan>> plans) {
    this.plans = plans;
  }

  @Override
  public Optional<RollbackPlan> byClaim(String namespace, String claim) {
    return plans.get().stream()
        .filter(plan -> plan.getMetadata().getNamespace().equals(namespace))
        .filter(plan -> PlanCache.claims(plan).anyMatch(claim::equals))
        .findFirst();
  }

  @Override
  public Optional<RollbackPlan> byName(ResourceID id) {
    return plans.get().stream()
        .filter(plan -> ResourceID.fromResource(plan).equals(id))
        .findFirst();
  }
}
