package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.RollbackPlan;
import java.util.List;
import java.util.function.Supplier;

/** Approvals without the SDK's event sources. */
public final class SimulatedApprovals extends ApprovalEvents {
  private final Supplier<List<Approval>> cache;

  public SimulatedApprovals(Supplier<List<Approval>> cache) {
    this.cache = cache;
  }

  @Override
  List<Approval> of(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    return cache.get().stream()
        .filter(it -> it.getMetadata().getNamespace().equals(metadata.getNamespace()))
        .filter(it -> it.getSpec().targetRef().name().equals(metadata.getName()))
        .toList();
  }
}
