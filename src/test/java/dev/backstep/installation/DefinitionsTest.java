package dev.backstep.installation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kinds that the API server does not serve as this version has them. */
class DefinitionsTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final ObjectNode served = YAML.createObjectNode();

  /** As the API server says what it serves of deploy/crds. */
  @BeforeEach
  void serveEverything() throws IOException {
    var schemas = served.putObject("components").putObject("schemas");
    for (var kind : List.of("approvals", "dbrestores", "rollbackplans", "synccontrols")) {
      var definition = YAML.readTree(new File("deploy/crds/%s.backstep.dev.yaml".formatted(kind)));
      var schema = (ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema");
      var name = definition.at("/spec/names/kind").asText();
      schema
          .putArray("x-kubernetes-group-version-kind")
          .addObject()
          .put("group", "backstep.dev")
          .put("kind", name)
          .put("version", "v1alpha1");
      schemas.set("dev.backstep.v1alpha1." + name, schema);
    }
  }

  private ObjectNode plan(String path) {
    return (ObjectNode)
        served.at("/components/schemas/dev.backstep.v1alpha1.RollbackPlan/properties" + path);
  }

  @Test
  void thoseOfThisVersionAreInOrder() {
    assertThat(Definitions.problems(served)).isEmpty();
  }

  @Test
  void fieldsThatAreDroppedAreNamed() {
    // given
    plan("/status/properties").remove("ends");
    plan("/spec/properties/levels/items/properties/actions/items/properties").remove("backup");

    // then
    assertThat(Definitions.problems(served))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains("of RollbackPlan is of another version")
                    .contains("spec.levels[].actions[].backup")
                    .contains("status.ends")
                    .contains("kubectl apply --server-side -f deploy/crds"));
  }

  @Test
  void manyFieldsAreCounted() {
    // given
    plan("/status/properties").removeAll();

    // then
    assertThat(Definitions.problems(served))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).containsPattern("and \\d+ more"));
  }

  @Test
  void aKindThatIsNotServedIsNamed() {
    // given
    served.withObject("/components/schemas").remove("dev.backstep.v1alpha1.DbRestore");

    // then
    assertThat(Definitions.problems(served))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .startsWith("DbRestore is not served as backstep.dev/v1alpha1"));
  }
}
