package dev.backstep.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON as the simulated world keeps it. The mappers are made once: they are what is slow. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private static final ObjectMapper OF_CLIENT = new ObjectMapper();

  /** The Kubernetes client's own mapper; making one reads every model class there is. */
  static final KubernetesSerialization CLIENT = new KubernetesSerialization(OF_CLIENT, true);

  private Json() {}

  static ObjectNode yaml(String text) {
    // Through text, so that numbers have the same types as those that came over the wire.
    return parse(bytes(CLIENT.unmarshal(text, ObjectNode.class)));
  }

  static ObjectNode parse(byte[] bytes) {
    try {
      return bytes.length == 0 ? MAPPER.createObjectNode() : (ObjectNode) MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the client reads it, without the detour through a buffer that its conversions take. */
  static <T> T typed(JsonNode json, Class<T> type) {
    try {
      return OF_CLIENT.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The element of a list that has this name; missing: none has. */
  static JsonNode named(JsonNode list, String name) {
    for (var element : list) {
      if (element.path("name").asText().equals(name)) {
        return element;
      }
    }
    return MissingNode.getInstance();
  }

  static String annotation(JsonNode object, String key) {
    var value = object.path("metadata").path("annotations").get(key);
    return value == null ? null : value.asText();
  }
}
