package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import jakarta.inject.Singleton;

/**
 * HelmReleases of Flux, which put a release back where they look for drift, and else upgrade it.
 */
@Singleton
class HelmReleases extends FluxKind {
  HelmReleases() {
    super(
        GitOps.FluxKind.HelmRelease,
        "helm-controller",
        DeployerKind.resource("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"));
  }

  /** After an upgrade, also one that took minutes to become healthy, it corrects drift at once. */
  @Override
  boolean changes(String progress) {
    return true;
  }

  @Override
  String how(JsonNode release) {
    return "enabled".equals(release.at("/spec/driftDetection/mode").asText())
        ? "corrects drift, so what a level changes of that would be as in Git again soon"
        : "is upgraded by itself, so what a level changes of that would be as in Git again with the next change";
  }
}
