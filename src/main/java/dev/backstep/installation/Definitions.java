package dev.backstep.installation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.Approval;
import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.problem.OtherDefinition;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Whether the API server serves every kind, with every field that this version reads or writes. It
 * drops those that its CustomResourceDefinition does not have, and says nothing.
 */
final class Definitions {
  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(RollbackPlan.class, SyncControl.class, DbRestore.class, Approval.class);

  /** What the API server serves is open to everybody who is somebody. */
  private static final String SERVED = "/openapi/v3/apis/backstep.dev/v1alpha1";

  private final KubernetesClient client;

  Definitions(KubernetesClient client) {
    this.client = client;
  }

  List<Problem> problems() {
    try {
      var served = client.raw(SERVED);
      return problems(Json.MAPPER.readTree(served == null ? "{}" : served));
    } catch (JsonProcessingException e) {
      return List.of(
          new Problem(
              "DefinitionsUnknown",
              "What the API server says at %s cannot be read: %s"
                  .formatted(SERVED, e.getOriginalMessage())));
    }
  }

  /**
   * What is missing.
   *
   * @param served OpenAPI of the group
   */
  static List<Problem> problems(JsonNode served) {
    return KINDS.stream().flatMap(kind -> problem(served, kind).stream()).toList();
  }

  private static Optional<Problem> problem(JsonNode served, Class<? extends HasMetadata> kind) {
    var name = HasMetadata.getKind(kind);
    var schema = schemas(served).filter(it -> isOf(it, name)).findFirst();
    if (schema.isEmpty()) {
      return Optional.of(
          new Problem(
              "NotServed",
              "%s is not served as %s: its CustomResourceDefinition is missing, and the operator does nothing without it. %s"
                  .formatted(name, HasMetadata.getApiVersion(kind), OtherDefinition.REMEDY)));
    }
    var missing = Fields.missing(kind, schema.get());
    return missing.isEmpty() ? Optional.empty() : Optional.of(OtherDefinition.lacks(name, missing));
  }

  private static Stream<JsonNode> schemas(JsonNode served) {
    return StreamSupport.stream(served.at("/components/schemas").spliterator(), false);
  }

  private static boolean isOf(JsonNode schema, String kind) {
    return schema.at("/x-kubernetes-group-version-kind/0/kind").asText().equals(kind);
  }
}
