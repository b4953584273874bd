package dev.backstep.installation;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.schema.Inserted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.stream.Stream;

/** Fields that a type has, and a schema does not. */
final class Fields {
  private static final String OURS = "dev.backstep.api.";

  private Fields() {}

  /**
   * Their paths, such as {@code status.run.level}; what Kubernetes itself gives every object is not
   * among them.
   */
  static List<String> missing(Class<? extends HasMetadata> kind, JsonNode schema) {
    return properties(Json.MAPPER.constructType(kind))
        .filter(property -> isOurs(property.getPrimaryType()))
        .flatMap(property -> missing(property, schema, ""))
        .toList();
  }

  private static Stream<String> missing(
      BeanPropertyDefinition property, JsonNode schema, String path) {
    var at = path + property.getName();
    var found = schema.path("properties").path(property.getName());
    return found.isMissingNode() ? Stream.of(at) : missing(property.getPrimaryType(), found, at);
  }

  private static Stream<String> missing(JavaType type, JsonNode schema, String path) {
    if (type.isCollectionLikeType()) {
      return missing(type.getContentType(), schema.path("items"), path + "[]");
    }
    if (type.isMapLikeType()) {
      return missing(type.getContentType(), schema.path("additionalProperties"), path + "{}");
    }
    // What has no properties of its own is free in what it takes.
    return isOurs(type) && schema.has("properties")
        ? properties(type).flatMap(property -> missing(property, schema, path + "."))
        : Stream.empty();
  }

  private static boolean isOurs(JavaType type) {
    return type.getRawClass().getName().startsWith(OURS);
  }

  private static Stream<BeanPropertyDefinition> properties(JavaType type) {
    var described = Json.MAPPER.getSerializationConfig().introspect(type);
    return described.findJsonValueAccessor() == null
        ? described.findProperties().stream()
            .filter(property -> !property.getPrimaryMember().hasAnnotation(Inserted.class))
        : Stream.empty();
  }
}
