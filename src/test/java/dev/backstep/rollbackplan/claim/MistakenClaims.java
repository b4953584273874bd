package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.claim.Claim;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A mistake for the simulation: claims of other processes are not looked at, and a 409 is taken for
 * one's own success.
 */
public final class MistakenClaims extends PlanClaims {
  private final Map<String, Claim<RollbackPlanSpec>> made = new HashMap<>();

  public MistakenClaims(KubernetesClient client) {
    super(client);
  }

  @Override
  public Optional<Claim<RollbackPlanSpec>> find(String namespace, String name) {
    return Optional.ofNullable(made.get(name));
  }

  @Override
  public Claim<RollbackPlanSpec> create(
      HasMetadata plan, String name, Claim<RollbackPlanSpec> claim) {
    super.create(plan, name, claim);
    made.put(name, claim);
    return claim;
  }
}
