package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Kustomizations of Flux, which apply what Git has again and again. */
@Singleton
class Kustomizations implements DeployerKind {
  private static final ResourceDefinitionContext RESOURCE =
      DeployerKind.resource("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations");

  @Override
  public ResourceDefinitionContext resource() {
    return RESOURCE;
  }

  @Override
  public Optional<Deployer> of(HasMetadata object) {
    return Suspension.of(this, object);
  }

  @Override
  public Optional<String> reverts(JsonNode kustomization) {
    return Suspension.isOn(kustomization)
        ? Optional.empty()
        : Optional.of(
            "is applied every %s, so what a level changes of that would be as in Git again then"
                .formatted(kustomization.at("/spec/interval").asText("few minutes")));
  }

  @Override
  public String off() {
    return Suspension.OFF;
  }
}
