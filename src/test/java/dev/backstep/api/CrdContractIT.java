package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.testing.Cluster;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the API server itself accepts and refuses, in the words that users see. Strict about unknown
 * fields, as kubectl is. No operator may run: the status is written here.
 */
class CrdContractIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DEFINITIONS =
      "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final String STRICT = "?fieldValidation=Strict";

  private static Cluster cluster;
  private static String namespace;

  @BeforeAll
  static void createNamespace() {
    cluster = Cluster.get();
    namespace = cluster.newNamespace("crd-contract");
  }

  @AfterAll
  static void deleteNamespace() {
    cluster.deleteNamespace(namespace);
  }

  @TestFactory
  Stream<DynamicTest> accepts() {
    return DynamicTest.stream(
        CrdCase.in("valid").stream(),
        CrdCase::name,
        it -> assertThat(lastOf(it).refusal()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> refuses() {
    return DynamicTest.stream(
        CrdCase.in("invalid").stream(),
        CrdCase::name,
        it -> assertThat(lastOf(it).refusal()).containsSubsequence(it.expected()));
  }

  @Test
  void aMegabyteOfSqlIsRefusedWithItsField() {
    var plan =
        CrdCase.in("valid").stream()
            .filter(it -> it.name().equals("every-action"))
            .findFirst()
            .orElseThrow()
            .object();
    var sql = plan.findParents("statements").get(0);
    ((ObjectNode) sql).put("statements", "SELECT '%s'".formatted("x".repeat(1 << 20)));

    assertThat(
            send("POST", "application/json", objects() + "rollbackplans?dryRun=All", plan)
                .refusal())
        .contains(".sql.statements: Too long: may not be more than 65536 bytes");
  }

  /**
   * kubectl apply keeps the whole object in an annotation, where it is not told to apply it
   * server-side, and that may have 262144 bytes.
   */
  private static final int MOST_BYTES = 200_000;

  @TestFactory
  Stream<DynamicTest> definitionsAreSmall() {
    return DynamicTest.stream(
        definitions(),
        CrdContractIT::nameOf,
        it -> assertThat(it.toString()).hasSizeLessThan(MOST_BYTES));
  }

  /** With as many rules again they would be taken as well: there is room for half of them. */
  @TestFactory
  Stream<DynamicTest> rulesCostHalfOfWhatTheApiServerAllows() {
    return DynamicTest.stream(
        definitions(),
        CrdContractIT::nameOf,
        it ->
            assertThat(
                    send("POST", "application/json", DEFINITIONS + "?dryRun=All", twice(it))
                        .refusal())
                .isEmpty());
  }

  private static Stream<ObjectNode> definitions() {
    return Stream.of("rollbackplans", "synccontrols", "dbrestores", "approvals")
        .map(it -> get("/%s/%s.backstep.dev".formatted(DEFINITIONS, it)))
        .map(
            it ->
                JSON.createObjectNode()
                    .put("apiVersion", "apiextensions.k8s.io/v1")
                    .put("kind", "CustomResourceDefinition")
                    .<ObjectNode>set("metadata", it.path("metadata"))
                    .set("spec", it.path("spec")));
  }

  private static String nameOf(ObjectNode definition) {
    return definition.at("/metadata/name").asText();
  }

  /** As another one, because what was taken once is not counted again; each rule stands twice. */
  private static ObjectNode twice(ObjectNode definition) {
    var group = "twice.backstep.dev";
    var copy = definition.deepCopy();
    copy.putObject("metadata")
        .put("name", "%s.%s".formatted(copy.at("/spec/names/plural").asText(), group));
    copy.withObject("/spec").put("group", group);
    copy.findValues("x-kubernetes-validations").forEach(CrdContractIT::addAgain);
    return copy;
  }

  private static void addAgain(JsonNode rules) {
    var again = (ArrayNode) rules.deepCopy();
    again.forEach(
        rule ->
            ((ObjectNode) rule).put("rule", "(%s) || false".formatted(rule.path("rule").asText())));
    ((ArrayNode) rules).addAll(again);
  }

  /** The API server's answer. */
  private record Answer(int code, JsonNode body) {

    /** Why it was refused; empty: it was accepted. */
    String refusal() {
      return code < 300 ? "" : body.path("message").asText();
    }
  }

  /** Sends all documents; all before the last are what the last one is about. */
  private static Answer lastOf(CrdCase it) {
    var patches = it.patches();
    if (patches.isEmpty()) {
      return create(it, "&dryRun=All");
    }
    assertThat(create(it, "").refusal()).isEmpty();
    for (var patch : patches.subList(0, patches.size() - 1)) {
      assertThat(patch(it, patch).refusal()).as("%s", patch).isEmpty();
    }
    return patch(it, patches.get(patches.size() - 1));
  }

  private static Answer create(CrdCase it, String dryRun) {
    return send("POST", "application/json", objects() + it.plural() + STRICT + dryRun, it.object());
  }

  private static Answer patch(CrdCase it, ObjectNode patch) {
    var subresource = patch.has("status") ? "/status" : "";
    var path = objects() + it.plural() + "/" + it.name() + subresource + STRICT;
    return send("PATCH", "application/merge-patch+json", path, patch);
  }

  private static String objects() {
    return "apis/backstep.dev/v1alpha1/namespaces/" + namespace + "/";
  }

  private static ObjectNode get(String path) {
    try {
      return (ObjectNode) JSON.readTree(cluster.client().raw(path));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the client's own model of an object, which would leave out what it does not know. */
  private static Answer send(String method, String contentType, String path, ObjectNode body) {
    var http = cluster.client().getHttpClient();
    var uri = URI.create(cluster.client().getMasterUrl() + path);
    var request =
        http.newHttpRequestBuilder().uri(uri).method(method, contentType, body.toString());
    var response = http.sendAsync(request.build(), String.class).join();
    try {
      return new Answer(response.code(), JSON.readTree(response.body()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
