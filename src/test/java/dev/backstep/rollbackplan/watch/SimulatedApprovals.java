package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import java.util.List;
import java.util.function.Supplier;

/** Approvals without the SDK's event sources. */
public final class SimulatedApprovals extends PlanApprovals {
  private final Supplier<List<Approval>> cache;
  private final Supplier<List<Approval>> server;

  public SimulatedApprovals(Supplier<List<Approval>> cache, Supplier<List<Approval>> server) {
    super(null);
    this.cache = cache;
    this.server = server;
  }

  @Override
  public List<Approval> of(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    return cache.get().stream()
        .filter(it -> it.getMetadata().getNamespace().equals(metadata.getNamespace()))
        .filter(it -> it.getSpec().targetRef().name().equals(metadata.getName()))
        .toList();
  }

  @Override
  public List<Approval> live(RollbackPlan plan) {
    return server.get();
  }
}
