package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The operations of JSON Patch that Backstep sends, with the API server's strictness. */
final class JsonPatch {
  private JsonPatch() {}

  /** Changes {@code object} in place; false: an operation did not fit. */
  static boolean apply(JsonNode operations, ObjectNode object) {
    for (var operation : operations) {
      if (!apply(operation, operation.path("path").asText(), object)) {
        return false;
      }
    }
    return true;
  }

  private static boolean apply(JsonNode operation, String path, ObjectNode object) {
    var slash = path.lastIndexOf('/');
    var name = path.substring(slash + 1).replace("~1", "/").replace("~0", "~");
    if (!(object.at(path.substring(0, slash)) instanceof ObjectNode parent)) {
      return false;
    }
    var value = operation.path("value");
    return switch (operation.path("op").asText()) {
      case "test" -> parent.has(name) && same(parent.get(name), value);
      case "add" -> {
        parent.set(name, value.deepCopy());
        yield true;
      }
      case "replace" -> {
        var there = parent.has(name);
        parent.set(name, value.deepCopy());
        yield there;
      }
      case "remove" -> parent.remove(name) != null;
      default -> throw new IllegalArgumentException("not simulated: " + operation);
    };
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber()
        ? one.longValue() == other.longValue()
        : one.equals(other);
  }
}
