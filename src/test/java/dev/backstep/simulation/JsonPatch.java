package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The operations of JSON Patch that Backstep sends, with the API server's strictness. */
final class JsonPatch {
  private static final String BEHIND_THE_LAST = "-";

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
    var parent = object.at(path.substring(0, slash));
    var value = operation.path("value");
    var op = operation.path("op").asText();
    if (parent instanceof ArrayNode list) {
      return element(op, list, name, value);
    }
    return parent instanceof ObjectNode it && member(op, it, name, value);
  }

  private static boolean member(String op, ObjectNode parent, String name, JsonNode value) {
    return switch (op) {
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
      default -> throw new IllegalArgumentException("not simulated: " + op);
    };
  }

  private static boolean element(String op, ArrayNode list, String name, JsonNode value) {
    var index = name.equals(BEHIND_THE_LAST) ? list.size() : Integer.parseInt(name);
    return switch (op) {
      case "test" -> list.has(index) && same(list.get(index), value);
      case "add" -> {
        var fits = index <= list.size();
        if (fits) {
          list.insert(index, value.deepCopy());
        }
        yield fits;
      }
      case "replace" -> list.has(index) && list.set(index, value.deepCopy()) != null;
      case "remove" -> list.remove(index) != null;
      default -> throw new IllegalArgumentException("not simulated: " + op);
    };
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber()
        ? one.longValue() == other.longValue()
        : one.equals(other);
  }
}
