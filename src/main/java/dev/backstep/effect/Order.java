package dev.backstep.effect;

import dev.backstep.cluster.Records;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Who has effects carried out.
 *
 * @param owner of the images of their targets
 * @param claim of what they are a part of; begins their marks
 * @param author on whose rights
 * @param object uid of the one whose turn it is, where others wait as well
 * @param whenDone called when they ended
 */
public record Order(
    Records.Owner owner, String claim, Author author, String object, Runnable whenDone) {
  /** Those of an object, on the rights of a ServiceAccount beside it. */
  public static Order of(
      HasMetadata object, String claim, String serviceAccount, Runnable whenDone) {
    var metadata = object.getMetadata();
    return new Order(
        Records.Owner.of(object),
        claim,
        new Author(metadata.getNamespace(), serviceAccount),
        metadata.getUid(),
        whenDone);
  }
}
