package dev.backstep.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** What all of Flux' kinds have in common. */
final class Suspension {
  /** A merge patch. */
  static final String OFF = "{\"spec\":{\"suspend\":true}}";

  private Suspension() {}

  /** The one that wrote its name on an object, in labels of its own group. */
  static Optional<Deployer> of(DeployerKind kind, HasMetadata object) {
    var group = kind.resource().getGroup();
    return DeployerKind.label(object, "%s/namespace".formatted(group))
        .flatMap(
            namespace ->
                DeployerKind.label(object, "%s/name".formatted(group))
                    .map(name -> new Deployer(kind, namespace, name)));
  }

  static boolean isOn(JsonNode deployer) {
    return deployer.at("/spec/suspend").asBoolean();
  }
}
