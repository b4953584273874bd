package dev.backstep.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Fields of a status that were sent, and are not in what the API server kept. Only what is missing
 * counts, and not what has another value: what was sent empty may be left out on the way.
 */
final class DroppedFields {
  /**
   * What a record has, and nothing that follows from it: a method such as {@code isPreparing()}
   * would answer for what is missing.
   */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .build();

  private DroppedFields() {}

  /**
   * Their paths, such as {@code status.run.levels[].name}.
   *
   * @param kept null: nothing was kept that can be read
   */
  static List<String> of(Object sent, Object kept) {
    // Mostly so, and much cheaper than to make JSON of every status that is written.
    if (sent.equals(kept)) {
      return List.of();
    }
    var dropped = new LinkedHashSet<String>();
    find(MAPPER.valueToTree(sent), MAPPER.valueToTree(kept), "status", dropped);
    return List.copyOf(dropped);
  }

  private static void find(JsonNode sent, JsonNode kept, String path, Set<String> dropped) {
    if (saysNothing(sent)) {
      return;
    }
    // A list that is missing is read as one with nothing in it.
    if (isEmpty(kept)) {
      dropped.add(path);
    } else if (sent.isObject()) {
      sent.properties()
          .forEach(
              field ->
                  find(
                      field.getValue(),
                      kept.path(field.getKey()),
                      path + "." + field.getKey(),
                      dropped));
    } else if (sent.isArray() && sent.size() == kept.size()) {
      for (var i = 0; i < sent.size(); i++) {
        find(sent.get(i), kept.path(i), path + "[]", dropped);
      }
    }
  }

  private static boolean saysNothing(JsonNode value) {
    if (isEmpty(value)) {
      return true;
    }
    for (var inner : value) {
      if (!saysNothing(inner)) {
        return false;
      }
    }
    return value.isContainerNode();
  }

  private static boolean isEmpty(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || value.isContainerNode() && value.isEmpty()
        || value.isTextual() && value.textValue().isEmpty();
  }
}
