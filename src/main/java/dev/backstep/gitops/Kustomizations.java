package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import jakarta.inject.Singleton;

/** Kustomizations of Flux, which apply what Git has again and again. */
@Singleton
class Kustomizations extends FluxKind {
  Kustomizations() {
    super(
        GitOps.FluxKind.Kustomization,
        DeployerKind.resource(
            "kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"));
  }

  @Override
  String how(JsonNode kustomization) {
    return "is applied every %s, so what a level changes of that would be as in Git again then"
        .formatted(kustomization.at("/spec/interval").asText("few minutes"));
  }
}
