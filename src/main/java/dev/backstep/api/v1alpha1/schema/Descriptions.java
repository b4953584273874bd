package dev.backstep.api.v1alpha1.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Map;
import java.util.Optional;

/** Says in a field's description what {@code kubectl explain} leaves out or shows as a pattern. */
final class Descriptions {
  private static final Map<String, String> PATTERNS =
      Map.of(
          Patterns.DURATION,
          "Whole seconds, minutes or hours, such as 30s, 15m or 2h.",
          Patterns.DURATION_OR_ZERO,
          "Whole seconds, minutes or hours, such as 30s, 15m or 2h; or 0s.");

  private static final Map<String, String> PARTS =
      Map.of("spec", "What is wanted.", "status", "What is so, as the operator saw it last.");

  /** Kubernetes' own type, which explains nothing. */
  private static final Map<String, String> CONDITION =
      Map.of(
          "type", "What it is about.",
          "status", "True, False or Unknown.",
          "reason", "Why, in one word.",
          "message", "Why, in sentences, and what to do about it.",
          "lastTransitionTime", "When the status changed last.",
          "observedGeneration", "Generation of the object that it is about.");

  private Descriptions() {}

  /** Describes a kind, and what all kinds have in common. */
  static void ofKind(JSONSchemaProps schema, String description) {
    schema.setDescription(description);
    describe(schema, PARTS);
    Optional.ofNullable(schema.getProperties().get("status"))
        .map(status -> status.getProperties().get("conditions"))
        .ifPresent(conditions -> describe(conditions.getItems().getSchema(), CONDITION));
  }

  private static void describe(JSONSchemaProps schema, Map<String, String> words) {
    words.forEach(
        (name, text) ->
            Optional.ofNullable(schema.getProperties().get(name))
                .ifPresent(property -> property.setDescription(text)));
  }

  /** Completes the descriptions of all properties below a schema. */
  static void complete(JSONSchemaProps schema) {
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(Descriptions::completeOne);
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      complete(schema.getItems().getSchema());
    }
  }

  private static void completeOne(JSONSchemaProps property) {
    if (property.getPattern() != null) {
      add(property, PATTERNS.get(property.getPattern()));
    }
    add(property, said(property.getDefault()));
    complete(property);
  }

  /** A default that is an object says nothing by itself: its own fields have theirs. */
  private static String said(JsonNode value) {
    return value == null || value.isNull() || value.isContainerNode()
        ? null
        : "Default: %s.".formatted(value.asText());
  }

  private static void add(JSONSchemaProps property, String sentence) {
    if (sentence != null) {
      var before = property.getDescription();
      property.setDescription(before == null ? sentence : ended(before) + " " + sentence);
    }
  }

  private static String ended(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
