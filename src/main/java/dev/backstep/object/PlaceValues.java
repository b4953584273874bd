package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.cluster.Hashes;
import dev.backstep.cluster.PodTemplates;

/** Compares values of places as the API server understands them. */
final class PlaceValues {
  private PlaceValues() {}

  /** True when it is a pod template as a whole. */
  static boolean isTemplate(Place place) {
    return place.text().equals(PodTemplates.POINTER);
  }

  /** Two values of a place say the same; that pods were restarted makes no difference. */
  static boolean same(Place place, JsonNode one, JsonNode other) {
    return comparable(content(place, one)).equals(comparable(content(place, other)));
  }

  private static JsonNode content(Place place, JsonNode value) {
    return isTemplate(place) && value instanceof ObjectNode object
        ? PodTemplates.content(object)
        : value;
  }

  /** The API server leaves out what is null or empty, and knows one kind of number. */
  private static String comparable(JsonNode value) {
    var cleaned = cleaned(value);
    return cleaned.isMissingNode() ? "" : Hashes.of(cleaned);
  }

  private static JsonNode cleaned(JsonNode value) {
    if (value.isObject()) {
      var object = JsonNodeFactory.instance.objectNode();
      value
          .properties()
          .forEach(
              field -> {
                var inner = cleaned(field.getValue());
                if (!inner.isMissingNode()) {
                  object.set(field.getKey(), inner);
                }
              });
      return object.isEmpty() ? MissingNode.getInstance() : object;
    }
    if (value.isArray()) {
      var array = JsonNodeFactory.instance.arrayNode();
      value.forEach(element -> array.add(cleaned(element)));
      return array.isEmpty() ? MissingNode.getInstance() : array;
    }
    return value.isNull() ? MissingNode.getInstance() : value;
  }
}
