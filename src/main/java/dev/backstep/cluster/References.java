package dev.backstep.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/** Finds the object that a change is about. */
public final class References {
  private References() {}

  /** The object as it is now; null when it does not exist. */
  public static HasMetadata read(KubernetesClient client, Change change) {
    return client.resource(of(client, change)).get();
  }

  /** Kind and name are enough for the request's address; the client fills in nothing by itself. */
  static HasMetadata of(KubernetesClient client, Change change) {
    return client
        .getKubernetesSerialization()
        .convertValue(
            Map.of(
                "apiVersion",
                change.apiVersion(),
                "kind",
                change.kind(),
                "metadata",
                Map.of("namespace", change.namespace(), "name", change.name())),
            HasMetadata.class);
  }
}
