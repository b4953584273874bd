package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.ladder.GitOps;
import dev.backstep.object.Place;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What all kinds that Flux reconciles have in common. */
abstract class FluxKind implements DeployerKind {
  /**
   * A round takes seconds; where one never says that it is over, a rollback does not wait for it.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final GitOps.FluxKind name;
  private final String controller;
  private final ResourceDefinitionContext resource;

  /**
   * A kind.
   *
   * @param controller what writes objects that are deployed, as these say it
   */
  FluxKind(GitOps.FluxKind name, String controller, ResourceDefinitionContext resource) {
    this.name = name;
    this.controller = controller;
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

  /**
   * It applies on the server, which writes down what it set. Whoever changes that takes it over.
   */
  @Override
  public Optional<Boolean> keeps(HasMetadata object, Place place) {
    return Optional.of(
        object.getMetadata().getManagedFields().stream()
            .filter(it -> controller.equals(it.getManager()))
            .anyMatch(it -> has(it.getFieldsV1(), place)));
  }

  private static boolean has(FieldsV1 fields, Place place) {
    return !Json.MAPPER
        .<JsonNode>valueToTree(fields)
        .at(place.text().replace("/", "/f:"))
        .isMissingNode();
  }

  @Override
  public Optional<String> clears(HasMetadata object) {
    return Optional.empty();
  }

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

  /** The switch ends no round that has begun. One that failed and will be tried again has ended. */
  @Override
  public Optional<String> underWay(JsonNode deployer) {
    return StreamSupport.stream(deployer.at("/status/conditions").spliterator(), false)
        .filter(it -> it.path("type").asText().equals("Reconciling"))
        .filter(it -> it.path("status").asText().equals("True"))
        .filter(it -> it.path("reason").asText().equals("Progressing"))
        .map(it -> it.path("message").asText())
        .filter(this::changes)
        .map("a round of it is not over yet (%s)"::formatted)
        .findFirst();
  }

  /**
   * Whether a round may still change what is deployed.
   *
   * @param progress how far it is, in Flux' words
   */
  abstract boolean changes(String progress);

  @Override
  public Optional<Duration> patience() {
    return Optional.of(PATIENCE);
  }

  @Override
  public Optional<Ending> ending(JsonNode deployer) {
    return Optional.empty();
  }

  @Override
  public Optional<Comparing> comparing() {
    return Optional.empty();
  }

  /** What Git has is known to nobody before it is applied: Flux compares while it applies. */
  @Override
  public Optional<String> redeploys(JsonNode deployer) {
    return Optional.of(
        "what Git has by now is applied then (it was %s last), and Flux does not say whether that is what runs"
            .formatted(deployer.at("/status/lastAttemptedRevision").asText("nothing")));
  }
}
