package dev.backstep.rollbackplan.watch;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.approval.ApprovalEvents;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;

/** The Approvals of plans. */
@Singleton
public class PlanApprovals extends ApprovalEvents<RollbackPlan> {
  public PlanApprovals(KubernetesClient client) {
    super(client, RollbackPlan.class);
  }
}
