package dev.backstep.resource;

import dev.backstep.problem.OtherDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/**
 * The API server kept a part of a status only, because its CustomResourceDefinition is of another
 * version. What it kept is written all the same: whoever goes on does so from there, as after a
 * process that died right behind the write.
 */
public final class FieldsMissingException extends KubernetesClientException {
  private static final long serialVersionUID = 1L;

  /**
   * @param fields the paths of those that were sent, and not kept
   */
  FieldsMissingException(String kind, List<String> fields) {
    super(OtherDefinition.lacks(kind, fields).message());
  }
}
