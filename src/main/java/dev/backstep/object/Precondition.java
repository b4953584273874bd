package dev.backstep.object;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a patch tests of its target, besides its uid: exactly one of the three. Whoever moves it
 * makes sure that a patch that is still on its way can never be applied.
 *
 * @param generation for kinds whose every change of spec or annotations moves it, and whose status
 *     moves the version all the time
 * @param version the resourceVersion, which every change moves
 * @param values of places, by JSON pointer, for kinds that others write all the time; the fence is
 *     always among them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Precondition(Long generation, String version, Map<String, JsonNode> values) {

  /**
   * A crash-looping roll-out moves a Deployment's resourceVersion all the time; its generation
   * moves with its spec and its annotations only. No other kind's generation moves with
   * annotations.
   */
  private static final Set<String> GENERATION_SAYS_IT_ALL = Set.of("Deployment");

  /** That the object is as it is now. */
  static Precondition of(HasMetadata object) {
    var metadata = object.getMetadata();
    return GENERATION_SAYS_IT_ALL.contains(object.getKind()) && metadata.getGeneration() != null
        ? new Precondition(metadata.getGeneration(), null, null)
        : new Precondition(null, metadata.getResourceVersion(), null);
  }

  static Precondition values(Map<String, JsonNode> values) {
    return new Precondition(null, null, values);
  }

  /** Adds the tests to a JSON Patch. */
  void test(ArrayNode patch) {
    if (generation != null) {
      test(patch, "/metadata/generation").put("value", generation);
    } else if (version != null) {
      test(patch, "/metadata/resourceVersion").put("value", version);
    } else {
      values.forEach((place, value) -> test(patch, place).set("value", value));
    }
  }

  private static ObjectNode test(ArrayNode patch, String path) {
    return patch.addObject().put("op", "test").put("path", path);
  }

  /** True when a patch that tests this would be applied to the object. */
  boolean holds(JsonNode live) {
    if (generation != null) {
      return generation.equals(live.at("/metadata/generation").longValue());
    }
    return version != null
        ? Objects.equals(version, live.at("/metadata/resourceVersion").textValue())
        : values.entrySet().stream()
            .allMatch(place -> place.getValue().equals(live.at(place.getKey())));
  }
}
