package dev.backstep.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fills a plan in as the API server does: with the defaults of its CustomResourceDefinition. */
final class StructuralDefaults {
  private static final JsonNode SCHEMA = read();

  private StructuralDefaults() {}

  private static JsonNode read() {
    try {
      var text = Files.readString(Path.of("deploy/crds/rollbackplans.backstep.dev.yaml"));
      return Json.yaml(text).at("/spec/versions/0/schema/openAPIV3Schema");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void fill(ObjectNode plan) {
    fill(plan, SCHEMA);
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
