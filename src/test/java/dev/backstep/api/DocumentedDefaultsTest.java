package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a field is when nobody says it stands where users read: in the docs and in explain. */
class DocumentedDefaultsTest {
  private final Map<String, JsonNode> fields = new TreeMap<>();

  @BeforeEach
  void readCrd() throws IOException {
    var file = Path.of("deploy", "crds", "rollbackplans.backstep.dev.yaml");
    var crd = new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
    collect(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), "");
    assertThat(fields).containsKey("gates[].interval");
  }

  private void collect(JsonNode schema, String path) {
    for (var property : schema.path("properties").properties()) {
      var name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
      fields.put(name, property.getValue());
      collect(property.getValue(), name);
      collect(property.getValue().path("items"), name + "[]");
    }
  }

  @Test
  void everyDefaultIsInTheDocsAndInExplain() throws IOException {
    var docs = Files.readString(Path.of("docs", "fields.md"));

    fields.forEach(
        (name, field) -> {
          if (field.has("default") && field.get("default").isValueNode()) {
            var value = field.get("default").asText();
            assertThat(docs).contains("| `%s` | `%s` |".formatted(name, value));
            assertThat(field.path("description").asText())
                .endsWith("Default: %s.".formatted(value));
          }
        });
  }

  @Test
  void everyDurationIsSaidInWords() {
    assertThat(fields.values())
        .filteredOn(field -> field.path("pattern").asText().endsWith("(s|m|h)$"))
        .hasSizeGreaterThan(10)
        .allMatch(field -> field.path("description").asText().contains("30s, 15m or 2h"));
  }

  @Test
  void everyFieldIsDescribed() {
    assertThat(fields).allSatisfy((name, field) -> assertThat(field.has("description")).isTrue());
  }
}
