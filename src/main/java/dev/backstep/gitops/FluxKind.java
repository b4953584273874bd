package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Optional;
import java.util.stream.Stream;

/** What all kinds that Flux reconciles have in common. */
abstract class FluxKind implements DeployerKind {
  private final GitOps.FluxKind name;
  private final ResourceDefinitionContext resource;

  FluxKind(GitOps.FluxKind name, ResourceDefinitionContext resource) {
    this.name = name;
    this.resource = resource;
  }

  @Override
  public ResourceDefinitionContext resource() {
    return resource;
  }

  /** It writes its name on an object, in labels of its own group. */
  @Override
  public Optional<Deployer> of(HasMetadata object) {
    return DeployerKind.label(object, "%s/namespace".formatted(resource.getGroup()))
        .flatMap(
            namespace ->
                DeployerKind.label(object, "%s/name".formatted(resource.getGroup()))
                    .map(it -> new Deployer(this, namespace, it)));
  }

  @Override
  public Stream<Deployer> named(GitOps gitOps) {
    return gitOps.flux().stream()
        .filter(it -> it.kind() == name)
        .map(it -> new Deployer(this, it.namespace(), it.name()));
  }

  @Override
  public String howToName(Deployer deployer) {
    return "spec.gitOps.flux (kind: %s, name: %s, namespace: %s)"
        .formatted(name, deployer.name(), deployer.namespace());
  }

  @Override
  public Optional<String> reverts(JsonNode deployer) {
    return place().in(deployer).asBoolean() ? Optional.empty() : Optional.of(how(deployer));
  }

  /** What it does to what a run changed while it is not suspended. */
  abstract String how(JsonNode deployer);

  @Override
  public Place place() {
    return Place.at("/spec/suspend");
  }

  @Override
  public Place around() {
    return Place.at("/spec");
  }

  @Override
  public JsonNode off() {
    return BooleanNode.TRUE;
  }

  /** It does not say so in a way that ends when it is suspended. */
  @Override
  public Optional<String> underWay(JsonNode deployer) {
    return Optional.empty();
  }

  @Override
  public Optional<Ending> ending(JsonNode deployer) {
    return Optional.empty();
  }

  @Override
  public Optional<Comparing> comparing() {
    return Optional.empty();
  }

  @Override
  public Optional<String> redeploys(JsonNode deployer) {
    return Optional.of(
        "what Git has is deployed again then, and Flux does not say whether that is what runs");
  }
}
