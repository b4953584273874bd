package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * HelmReleases of Flux, which put a release back where they look for drift, and else upgrade it.
 */
@Singleton
class HelmReleases implements DeployerKind {
  private static final ResourceDefinitionContext RESOURCE =
      DeployerKind.resource("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases");

  @Override
  public ResourceDefinitionContext resource() {
    return RESOURCE;
  }

  @Override
  public Optional<Deployer> of(HasMetadata object) {
    return Suspension.of(this, object);
  }

  @Override
  public Optional<String> reverts(JsonNode release) {
    if (Suspension.isOn(release)) {
      return Optional.empty();
    }
    return Optional.of(
        "enabled".equals(release.at("/spec/driftDetection/mode").asText())
            ? "corrects drift, so what a level changes of that would be as in Git again soon"
            : "is upgraded by itself, so what a level changes of that would be as in Git again with the next change");
  }

  @Override
  public String off() {
    return Suspension.OFF;
  }
}
