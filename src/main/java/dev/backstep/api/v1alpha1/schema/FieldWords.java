package dev.backstep.api.v1alpha1.schema;

import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in words what a field may hold. */
final class FieldWords {
  private static final Map<String, String> PATTERNS =
      Map.of(
          Patterns.DURATION, "duration",
          Patterns.DURATION_OR_ZERO, "duration or `0s`",
          Patterns.LABEL, "label",
          Patterns.OBJECT_NAME, "object name");

  private FieldWords() {}

  /** The type of a field, or of the items of a list or map. */
  static Class<?> element(Type type) {
    if (type instanceof ParameterizedType many) {
      var arguments = many.getActualTypeArguments();
      return element(arguments[arguments.length - 1]);
    }
    return (Class<?>) type;
  }

  /** The schema of a field, or of the items of a list or map. */
  static JSONSchemaProps elementSchema(JSONSchemaProps schema) {
    if (schema.getItems() != null) {
      return schema.getItems().getSchema();
    }
    return schema.getAdditionalProperties() == null
        ? schema
        : schema.getAdditionalProperties().getSchema();
  }

  /** What a record is called in the reference: a nested one with the one around it. */
  static String name(Class<?> type) {
    var around = type.getEnclosingClass();
    return around == null ? type.getSimpleName() : name(around) + "." + type.getSimpleName();
  }

  static String link(Class<?> type) {
    return "[%s](#%s)".formatted(name(type), name(type).toLowerCase(Locale.ROOT).replace(".", ""));
  }

  /** As {@code list of label (1 to 40 characters each)}. */
  static String type(Type type, JSONSchemaProps schema) {
    var item = elementSchema(schema);
    if (item == schema) {
      return single(element(type), schema);
    }
    var each = String.join(", ", bounds(item));
    return "%s of %s%s"
        .formatted(
            schema.getItems() == null ? "map" : "list",
            single(element(type), item),
            each.isEmpty() ? "" : " (each %s)".formatted(each));
  }

  private static String single(Class<?> type, JSONSchemaProps schema) {
    if (type.isRecord()) {
      return link(type);
    }
    if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
      return schema.getEnum().stream()
          .map(value -> "`%s`".formatted(value.asText()))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    var known = known(schema.getPattern());
    if (known.isPresent()) {
      return known.get();
    }
    return switch (schema.getType()) {
      case "string" -> "date-time".equals(schema.getFormat()) ? "time" : "text";
      case "integer" -> "number";
      case "object" -> type.getSimpleName();
      default -> schema.getType();
    };
  }

  private static Optional<String> known(String pattern) {
    return Optional.ofNullable(pattern).map(PATTERNS::get);
  }

  /** What is allowed beside the type, and what the field is when it is left out. */
  static List<String> bounds(JSONSchemaProps schema) {
    var duration = known(schema.getPattern()).filter(it -> it.startsWith("duration")).isPresent();
    return Stream.of(
            duration ? null : range(schema.getMinLength(), schema.getMaxLength(), " characters"),
            range(whole(schema.getMinimum()), whole(schema.getMaximum()), ""),
            range(schema.getMinItems(), schema.getMaxItems(), " items"),
            range(schema.getMinProperties(), schema.getMaxProperties(), " members"),
            pattern(schema.getPattern()),
            standard(schema))
        .filter(Objects::nonNull)
        .toList();
  }

  private static Long whole(Double bound) {
    return bound == null ? null : bound.longValue();
  }

  private static String range(Long least, Long most, String what) {
    if (most == null) {
      return least == null ? null : "at least %d%s".formatted(least, what);
    }
    return least == null
        ? "at most %d%s".formatted(most, what)
        : "%d to %d%s".formatted(least, most, what);
  }

  private static String pattern(String pattern) {
    return pattern == null || known(pattern).isPresent()
        ? null
        : "matching `%s`".formatted(pattern);
  }

  private static String standard(JSONSchemaProps schema) {
    var value = schema.getDefault();
    return value == null || value.isNull() || value.isContainerNode()
        ? null
        : "default `%s`".formatted(value.asText());
  }
}
