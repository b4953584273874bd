package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The values in a part of an object, each under its path. Elements of lists are named where they
 * have a name, because their index changes when somebody inserts another one. When pods were
 * restarted is left out: that is not put back.
 */
final class Leaves {
  private Leaves() {}

  static Map<String, JsonNode> of(JsonNode part) {
    var leaves = new TreeMap<String, JsonNode>();
    collect("", part, leaves);
    return leaves;
  }

  /** Where the two differ. */
  static Set<String> different(Map<String, JsonNode> one, Map<String, JsonNode> other) {
    var paths = new HashSet<>(one.keySet());
    paths.addAll(other.keySet());
    paths.removeIf(path -> one.containsKey(path) && one.get(path).equals(other.get(path)));
    return paths;
  }

  private static void collect(String path, JsonNode value, Map<String, JsonNode> leaves) {
    if (value.isObject()) {
      value.properties().stream()
          .filter(field -> !field.getKey().endsWith("restartedAt"))
          .forEach(field -> collect(path + "/" + field.getKey(), field.getValue(), leaves));
    } else if (value.isArray()) {
      for (var i = 0; i < value.size(); i++) {
        var name = value.get(i).path("name").asText(String.valueOf(i));
        collect(path + "/" + name, value.get(i), leaves);
      }
    } else if (!value.isMissingNode() && !value.isNull()) {
      leaves.put(path, value);
    }
  }
}
