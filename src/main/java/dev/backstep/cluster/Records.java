package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/**
 * Backstep's own records in the cluster: ControllerRevisions, whose data the API server keeps
 * immutable. They carry Backstep's labels only (a StatefulSet adopts, and later deletes, every
 * revision that its selector matches) and no owner, so that the record outlives the plan.
 */
public final class Records {
  private static final int CONFLICT = 409;

  private Records() {}

  /** The plan a record belongs to. */
  public record Owner(String namespace, String plan) {}

  /** Creates a record, or gives the one that is there under this name already. */
  public static ControllerRevision create(
      KubernetesClient client,
      Owner owner,
      String name,
      Map<String, String> labels,
      JsonNode data) {
    var revision =
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace(owner.namespace())
            .withName(name)
            .withLabels(labels)
            .addToLabels(Annotations.PLAN, Hashes.of(owner.plan()))
            .addToAnnotations(Annotations.PLAN, owner.plan())
            .endMetadata()
            .withRevision(1L)
            .withData(data)
            .build();
    try {
      return client.resource(revision).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
      // Deleted in between: created at the next pass.
      return Optional.ofNullable(client.resource(revision).get()).orElseThrow(() -> e);
    }
  }

  /** The content of a record. */
  public static <T> T data(ControllerRevision record, Class<T> type) {
    return Json.MAPPER.convertValue(record.getData(), type);
  }
}
