package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.cluster.Annotations;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Kustomizations of Flux, which apply what Git has again and again. */
@Singleton
class Kustomizations extends FluxKind {
  private static final String APPLIED = "kustomize.toolkit.fluxcd.io/ssa";
  private static final String MERGE = "Merge";
  private static final Place RUN = Place.at("/spec/run");

  private static final String CLEARS =
      "which takes out what kubectl sets in it, and fails while it may not. Give it in Git the annotation %s: %s.";
  private static final String OWNS =
      "%s Fields of spec.run are its own already, for which that comes too late: once the run has ended and nothing is held, kubectl -n %s patch rollbackplan %s --type=merge -p '{\"spec\":{\"run\":null}}'.";

  Kustomizations() {
    super(
        GitOps.FluxKind.Kustomization,
        "kustomize-controller",
        DeployerKind.resource(
            "kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations"));
  }

  /** It counts what kubectl wrote as its own, and takes out of that what Git does not have. */
  @Override
  public Optional<String> clears(HasMetadata object) {
    if (MERGE.equals(Annotations.of(object).get(APPLIED))) {
      return Optional.empty();
    }
    var clears = CLEARS.formatted(APPLIED, MERGE);
    var metadata = object.getMetadata();
    return keeps(object, RUN)
        .map(
            owns ->
                owns
                    ? OWNS.formatted(clears, metadata.getNamespace(), metadata.getName())
                    : clears);
  }

  /** Then everything is applied. */
  @Override
  boolean changes(String progress) {
    return !progress.startsWith("Running health checks");
  }

  @Override
  String how(JsonNode kustomization) {
    return "is applied every %s, so what a level changes of that would be as in Git again then"
        .formatted(kustomization.at("/spec/interval").asText("few minutes"));
  }
}
