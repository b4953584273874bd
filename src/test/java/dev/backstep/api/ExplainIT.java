package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.testing.Cluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl explain says of the kinds: it reads what the API server publishes. */
class ExplainIT {
  private static final String PUBLISHED = "/openapi/v3/apis/backstep.dev/v1alpha1";

  private static final Cluster CLUSTER = Cluster.get();

  @ParameterizedTest
  @ValueSource(strings = {"RollbackPlan", "SyncControl", "DbRestore", "Approval"})
  void everyFieldIsExplained(String kind) throws Exception {
    // given
    var kinds = Json.MAPPER.readTree(CLUSTER.client().raw(PUBLISHED)).at("/components/schemas");
    var schema = kinds.path("dev.backstep.v1alpha1." + kind);
    assertThat(schema.path("properties").has("spec")).isTrue();

    // when
    var silent = new ArrayList<String>();
    collect(schema, kind, silent);

    // then
    assertThat(silent).isEmpty();
  }

  private static void collect(JsonNode schema, String path, List<String> silent) {
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> {
              var name = path + "." + field.getKey();
              if (field.getValue().path("description").asText().isBlank()) {
                silent.add(name);
              }
              collect(field.getValue(), name, silent);
            });
    if (schema.has("items")) {
      collect(schema.path("items"), path + "[]", silent);
    }
    if (schema.path("additionalProperties").isObject()) {
      collect(schema.path("additionalProperties"), path + "{}", silent);
    }
  }

  @Test
  void kubectlSaysIt() {
    var said =
        CLUSTER.kubectl().run("explain", "rollbackplan.spec.gates.job.imageFrom.at").orThrow();

    assertThat(said.stdout().replaceAll("\\s+", " "))
        .contains("FIELD: at <string>", "the image that it had when the run began", "RunStart");
  }
}
