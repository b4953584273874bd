package dev.backstep.argocd;

import static dev.backstep.argocd.LuaScripts.named;
import static dev.backstep.argocd.LuaScripts.read;
import static dev.backstep.argocd.LuaScripts.sorted;
import static dev.backstep.argocd.LuaScripts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.api.Json;
import dev.backstep.testing.Cluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What Argo CD shows of objects and offers for them, as the test files in Argo CD's own form say
 * it. The objects in them are what real runs wrote; what actions make of them has to be accepted by
 * the API server.
 */
class LuaScriptsIT {
  private static LuaScripts scripts;
  private static String namespace;

  @BeforeAll
  static void build() {
    scripts = LuaScripts.built();
    namespace = Cluster.get().newNamespace("lua");
  }

  @AfterAll
  static void deleteNamespace() {
    Cluster.get().deleteNamespace(namespace);
  }

  private static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static Path beside(Path tests, JsonNode test, String field) {
    return tests.resolveSibling(test.get(field).asText()).normalize();
  }

  @TestFactory
  Stream<DynamicTest> health() {
    return named("health_test.yaml").stream()
        .flatMap(tests -> each(yaml(tests).get("tests")).map(test -> health(tests, test)));
  }

  private DynamicTest health(Path tests, JsonNode test) {
    var input = beside(tests, test, "inputPath");
    return dynamicTest(
        input.toString(),
        () ->
            assertThat(scripts.run(tests.resolveSibling("health.lua"), yaml(input), Map.of()))
                .isEqualTo(test.get("healthStatus")));
  }

  @TestFactory
  Stream<DynamicTest> actionsThatAreOffered() {
    return named("action_test.yaml").stream()
        .flatMap(tests -> each(yaml(tests).get("discoveryTests")).map(test -> offers(tests, test)));
  }

  private DynamicTest offers(Path tests, JsonNode test) {
    var input = beside(tests, test, "inputPath");
    return dynamicTest(
        input.toString(),
        () -> {
          var offered = scripts.run(tests.resolveSibling("discovery.lua"), yaml(input), Map.of());

          assertThat(offered.properties().stream().map(LuaScriptsIT::action))
              .containsExactlyInAnyOrderElementsOf(
                  each(test.get("result")).map(LuaScriptsIT::enabled).toList());
        });
  }

  private static JsonNode action(Map.Entry<String, JsonNode> action) {
    return enabled(action.getValue().<ObjectNode>deepCopy().put("name", action.getKey()));
  }

  /** What is not said to be disabled is enabled. */
  private static JsonNode enabled(JsonNode action) {
    var said = action.<ObjectNode>deepCopy();
    return said.put("disabled", said.path("disabled").asBoolean());
  }

  @TestFactory
  Stream<DynamicTest> actions() {
    return named("action_test.yaml").stream()
        .flatMap(tests -> each(yaml(tests).get("actionTests")).map(test -> changes(tests, test)));
  }

  private DynamicTest changes(Path tests, JsonNode test) {
    var action = test.get("action").asText();
    var input = yaml(beside(tests, test, "inputPath"));
    var parameters =
        Json.MAPPER.convertValue(
            test.path("parameters"), new TypeReference<Map<String, String>>() {});
    return dynamicTest(
        tests.getParent().getParent().getFileName() + " " + action,
        () -> {
          var script = tests.resolveSibling(Path.of(action, "action.lua"));
          var changed = scripts.run(script, input, parameters == null ? Map.of() : parameters);

          var expected = yaml(beside(tests, test, "expectedOutputPath"));
          assertThat(changed).isEqualTo(sorted(expected));
          assertAccepted(input, expected);
        });
  }

  /** The object is written as it was, with its status, and then changed. */
  private static void assertAccepted(JsonNode before, JsonNode after) {
    var client = Cluster.get().client();
    var created = client.resource(resource(before)).inNamespace(namespace).create();
    created.setAdditionalProperty("status", resource(before).get("status"));
    var there = client.resource(created).inNamespace(namespace).updateStatus();
    try {
      there.setAdditionalProperty("spec", resource(after).get("spec"));
      client.resource(there).inNamespace(namespace).update();
    } finally {
      client.resource(created).inNamespace(namespace).delete();
    }
  }

  private static GenericKubernetesResource resource(JsonNode object) {
    var copy = object.<ObjectNode>deepCopy();
    copy.putObject("metadata").put("name", object.at("/metadata/name").asText());
    return Json.MAPPER.convertValue(copy, GenericKubernetesResource.class);
  }

  @Test
  void everyScriptIsTested() throws IOException {
    for (var script : named("health.lua")) {
      assertThat(yaml(script.resolveSibling("health_test.yaml")).get("tests")).isNotEmpty();
    }
    for (var script : named("action.lua")) {
      var tests = script.getParent().resolveSibling("action_test.yaml");
      assertThat(each(yaml(tests).get("actionTests")).map(test -> test.get("action").asText()))
          .contains(script.getParent().getFileName().toString());
    }
  }

  /** What a user applies has the same scripts. */
  @Test
  void theConfigMapIsWhatTheScriptsAre() throws IOException {
    var data = yaml(Path.of("deploy", "argocd", "argocd-cm.yaml")).get("data");

    for (var script : named("health.lua")) {
      assertThat(data.path(key("health", script.getParent())).asText())
          .as("health of %s; dev/argocd-cm writes it", script.getParent().getFileName())
          .isEqualTo(read(script));
    }
    for (var script : named("discovery.lua")) {
      var folder = script.getParent().getParent();
      assertThat(LuaScripts.YAML.readTree(data.path(key("actions", folder)).asText()))
          .as("actions of %s; dev/argocd-cm writes it", folder.getFileName())
          .isEqualTo(actions(script));
    }
    assertThat(data).hasSize(named("health.lua").size() + named("discovery.lua").size());
  }

  private static String key(String what, Path folder) {
    return "resource.customizations.%s.backstep.dev_%s".formatted(what, folder.getFileName());
  }

  private static JsonNode actions(Path discovery) {
    var actions = Json.MAPPER.createObjectNode().put("discovery.lua", read(discovery));
    var definitions = actions.putArray("definitions");
    named("action.lua").stream()
        .filter(script -> script.startsWith(discovery.getParent()))
        .forEach(
            script ->
                definitions
                    .addObject()
                    .put("name", script.getParent().getFileName().toString())
                    .put("action.lua", read(script)));
    return actions;
  }
}
