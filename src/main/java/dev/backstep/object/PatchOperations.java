package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;

/** The operations of a JSON Patch, as they are put together. */
final class PatchOperations {
  private static final Comparator<String> BY_INDEX =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();
  private final List<String> last = new ArrayList<>();

  void add(String pointer, JsonNode value) {
    operation("add", pointer).set("value", value);
  }

  void replace(String pointer, JsonNode value) {
    operation("replace", pointer).set("value", value);
  }

  void remove(String pointer) {
    operation("remove", pointer);
  }

  /** Elements of lists go after everything else, last first: each moves those behind it. */
  void removeLast(String pointer) {
    last.add(pointer);
  }

  /** Makes what a place is in, where that is missing. */
  void make(Place place, JsonNode object) {
    for (var missing : place.missing(object)) {
      if (!has(missing.pointer())) {
        add(missing.pointer(), missing.empty());
      }
    }
  }

  private boolean has(String pointer) {
    return StreamSupport.stream(operations.spliterator(), false)
        .anyMatch(operation -> pointer.equals(operation.path("path").asText()));
  }

  private ObjectNode operation(String op, String pointer) {
    return operations.addObject().put("op", op).put("path", pointer);
  }

  /** All of them, in order. */
  ArrayNode all() {
    last.sort(BY_INDEX.reversed());
    last.forEach(this::remove);
    last.clear();
    return operations;
  }
}
