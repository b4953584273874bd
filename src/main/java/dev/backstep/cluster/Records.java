package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Backstep's own records in the cluster: ControllerRevisions, whose data the API server keeps
 * immutable. They carry Backstep's labels only (a StatefulSet adopts, and later deletes, every
 * revision that its selector matches) and no owner, so that the record outlives the object it
 * belongs to.
 */
public final class Records {
  private static final int CONFLICT = 409;

  private Records() {}

  /** The object that a record belongs to. */
  public record Owner(String kind, String namespace, String name) {
    public static Owner of(HasMetadata object) {
      var metadata = object.getMetadata();
      return new Owner(object.getKind(), metadata.getNamespace(), metadata.getName());
    }

    /** The owner of a record; empty: it is none of Backstep's. */
    public static Optional<Owner> of(ControllerRevision record) {
      return Optional.ofNullable(Annotations.of(record).get(Annotations.RECORD_OF))
          .map(of -> of.split("/", 2))
          .map(of -> new Owner(of[0], record.getMetadata().getNamespace(), of[1]));
    }

    /** 16 hexadecimal digits: the same for the same words of the same object. */
    public String hash(String... words) {
      return Hashes.of(
          Stream.concat(Stream.of(kind, name), Stream.of(words)).toArray(String[]::new));
    }

    /** The labels that its records of one sort have. */
    public Map<String, String> labels(String sort) {
      return Map.of(Annotations.RECORD, sort, Annotations.RECORD_OF, hash());
    }
  }

  /**
   * Creates a record, or gives the one that is there under this name already.
   *
   * @param sort what is recorded, such as {@code claim}
   * @param labels that it has beside those of its owner
   */
  public static ControllerRevision create(
      KubernetesClient client,
      Owner owner,
      String sort,
      String name,
      Map<String, String> labels,
      JsonNode data) {
    var revision =
        new ControllerRevisionBuilder()
            .withNewMetadata()
            .withNamespace(owner.namespace())
            .withName(name)
            .withLabels(labels)
            .addToLabels(owner.labels(sort))
            .addToAnnotations(Annotations.RECORD_OF, owner.kind() + "/" + owner.name())
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

  /** The content of a record of this type. */
  public static <T> T data(ControllerRevision record, JavaType type) {
    return Json.MAPPER.convertValue(record.getData(), type);
  }

  /** The content of a record. */
  public static <T> T data(ControllerRevision record, Class<T> type) {
    return Json.MAPPER.convertValue(record.getData(), type);
  }
}
