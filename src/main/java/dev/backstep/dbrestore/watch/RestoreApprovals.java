package dev.backstep.dbrestore.watch;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.approval.ApprovalEvents;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;

/** The Approvals of DbRestores. */
@Singleton
public class RestoreApprovals extends ApprovalEvents<DbRestore> {
  public RestoreApprovals(KubernetesClient client) {
    super(client, DbRestore.class);
  }
}
