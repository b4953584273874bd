package dev.backstep.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A time that has all pods of a workload replaced.
 *
 * @param pointer where it is written
 * @param before what is there now; JSON's null: nothing
 * @param after what is to be there
 */
public record Stamp(String pointer, JsonNode before, JsonNode after) {
  /** As kubectl rollout restart writes it: an annotation, which makes another template of it. */
  static Stamp inTemplate(ObjectNode template, Instant time) {
    var metadata = template.path("metadata");
    return new Stamp(
        PodTemplates.POINTER + "/metadata",
        metadata.isMissingNode() ? JsonNodeFactory.instance.nullNode() : metadata,
        PodTemplates.restarted(template, time).path("metadata"));
  }

  /** True when it makes another template. */
  public boolean changesTemplate() {
    return pointer.startsWith(PodTemplates.POINTER);
  }
}
