package dev.backstep.object;

import dev.backstep.effect.Target;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;

/** Names one object of the API server. */
public record ObjectRef(String apiVersion, String kind, String namespace, String name) {

  /** The name of an object. */
  public static ObjectRef of(HasMetadata object) {
    return new ObjectRef(
        object.getApiVersion(),
        object.getKind(),
        object.getMetadata().getNamespace(),
        object.getMetadata().getName());
  }

  /** The object for people. */
  Target target() {
    return new Target(kind, name);
  }

  /** The object as it is now; empty when there is none of that name. */
  public Optional<HasMetadata> find(KubernetesClient client) {
    return Optional.ofNullable(client.resource(address(client)).get());
  }

  /** The object as it is now; empty when it does not exist, or is another one of the same name. */
  Optional<HasMetadata> read(KubernetesClient client, String uid) {
    return find(client).filter(live -> live.getMetadata().getUid().equals(uid));
  }

  /** Kind and name are enough for the request's address; the client fills in nothing by itself. */
  HasMetadata address(KubernetesClient client) {
    return client
        .getKubernetesSerialization()
        .convertValue(
            Map.of(
                "apiVersion",
                apiVersion,
                "kind",
                kind,
                "metadata",
                Map.of("namespace", namespace, "name", name)),
            HasMetadata.class);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
