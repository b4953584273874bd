package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A mistake for the simulation: claims of other processes are not looked at, and a 409 is taken for
 * one's own success.
 */
public final class MistakenClaims extends Claims {
  private final Map<String, Claim> made = new HashMap<>();

  public MistakenClaims(KubernetesClient client) {
    super(client);
  }

  @Override
  Optional<Claim> find(String namespace, String name) {
    return Optional.ofNullable(made.get(name));
  }

  @Override
  Claim create(RollbackPlan plan, String name, Claim claim) {
    super.create(plan, name, claim);
    made.put(name, claim);
    return claim;
  }
}
