package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Optional;

/** One sort of deployer. Each is a bean; nothing lists them. */
interface DeployerKind {
  /** How it is found in the API. */
  ResourceDefinitionContext resource();

  /** The deployer of this kind that says of an object that it deploys it; empty: none does. */
  Optional<Deployer> of(HasMetadata object);

  /**
   * What it does by itself to what a run changed, in words that follow "it"; empty: nothing.
   *
   * @param deployer as the API server has it
   */
  Optional<String> reverts(JsonNode deployer);

  /** A merge patch that has it leave alone what it deploys. */
  String off();

  /** A resource whose objects are in namespaces. */
  static ResourceDefinitionContext resource(
      String group, String version, String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }

  /** What an object says of itself under this key; empty: nothing. */
  static Optional<String> label(HasMetadata object, String key) {
    return Optional.ofNullable(object.getMetadata().getLabels()).map(labels -> labels.get(key));
  }
}
