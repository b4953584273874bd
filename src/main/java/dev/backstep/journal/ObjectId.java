package dev.backstep.journal;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** The object that transitions belong to. */
public record ObjectId(String kind, String namespace, String name, String uid) {
  public static ObjectId of(HasMetadata object) {
    var metadata = object.getMetadata();
    return new ObjectId(
        object.getKind(), metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  /** As people name it. */
  @Override
  public String toString() {
    return "%s %s/%s".formatted(kind, namespace, name);
  }
}
