package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.stream.Stream;

/** Who deploys what a plan changes, and leaves it alone while a run of the plan holds it. */
@ValidationRule(
    value = "has(self.argoCD) || has(self.flux)",
    message = "name whom to hold, in argoCD or flux")
@ValidationRule(
    value =
        "!has(self.flux) || self.flux.all(a, self.flux.exists_one(b, b.kind == a.kind && b.name == a.name))",
    fieldPath = ".flux",
    message = "what Flux reconciles is named once")
public record GitOps(
    @Size(min = 1, max = 8)
        @JsonPropertyDescription(
            "Applications of Argo CD: automated syncs are off, and a running one is ended first.")
        List<Application> argoCD,
    @Size(min = 1, max = 8)
        @JsonPropertyDescription("Kustomizations and HelmReleases of Flux: they are suspended.")
        List<FluxObject> flux) {

  /** Names of such actions have a dot, which no other action's name has. */
  private static final String NAME = "gitops.";

  /** As long as somebody may wait for a sync to be ended. */
  private static final String TIMEOUT = "5m";

  /** Lists are never null. */
  public GitOps {
    argoCD = argoCD == null ? List.of() : argoCD;
    flux = flux == null ? List.of() : flux;
  }

  /** An Application of Argo CD. */
  public record Application(
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("Its name.")
          String application,
      @Default("argocd")
          @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Its namespace.")
          String namespace) {}

  /** Something that Flux reconciles. */
  public record FluxObject(
      @Required @JsonPropertyDescription("What it is.") FluxKind kind,
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Patterns.OBJECT_NAME)
          @JsonPropertyDescription("Its name.")
          String name,
      @Default("flux-system")
          @Size(min = 1, max = 63)
          @Pattern(Patterns.LABEL)
          @JsonPropertyDescription("Its namespace.")
          String namespace) {}

  /** What Flux reconciles. */
  public enum FluxKind {
    Kustomization,
    HelmRelease
  }

  /** The level, beginning with an action that takes the hold. */
  Level before(Level level) {
    var drilled =
        level.actions().stream().anyMatch(it -> it.inDrill() == Action.InDrill.Run)
            ? Action.InDrill.Run
            : Action.InDrill.Preview;
    var hold =
        ActionBuilder.builder()
            .name(NAME + level.name())
            .timeout(TIMEOUT)
            .holdUntil(Action.HoldUntil.Released)
            .inDrill(drilled)
            .gitOps(this)
            .build();
    return level
        .with()
        .actions(Stream.concat(Stream.of(hold), level.actions().stream()).toList())
        .build();
  }

  /** The plan's levels, each beginning with an action that takes the hold. */
  public List<Level> before(List<Level> levels) {
    return levels.stream().map(this::before).toList();
  }
}
