package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Fills an object in as the API server does: with the defaults of its CustomResourceDefinition. */
final class StructuralDefaults {
  private static final Map<String, JsonNode> SCHEMAS = new ConcurrentHashMap<>();

  private StructuralDefaults() {}

  private static JsonNode read(String resource) {
    try {
      var text = Files.readString(Path.of("deploy/crds/%s.backstep.dev.yaml".formatted(resource)));
      return Json.yaml(text).at("/spec/versions/0/schema/openAPIV3Schema");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void fill(String resource, ObjectNode object) {
    fill(object, SCHEMAS.computeIfAbsent(resource, StructuralDefaults::read));
  }

  private static void fill(JsonNode value, JsonNode schema) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              property -> {
                var preset = property.getValue().get("default");
                if (!object.has(property.getKey()) && preset != null) {
                  object.set(property.getKey(), preset.deepCopy());
                }
                if (object.has(property.getKey())) {
                  fill(object.get(property.getKey()), property.getValue());
                }
              });
    }
    if (value.isArray()) {
      value.forEach(element -> fill(element, schema.path("items")));
    }
  }
}
