package dev.backstep.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.testing.Cluster;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the API server itself accepts and refuses, in the words that users see. Strict about unknown
 * fields, as kubectl is. No operator may run: the status is written here.
 */
class CrdContractIT {
  private static final ObjectMapper JSON = new ObjectMapper();
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
    return send("POST", "application/json", it.plural() + STRICT + dryRun, it.object());
  }

  private static Answer patch(CrdCase it, ObjectNode patch) {
    var subresource = patch.has("status") ? "/status" : "";
    var path = it.plural() + "/" + it.name() + subresource + STRICT;
    return send("PATCH", "application/merge-patch+json", path, patch);
  }

  /** Without the client's own model of an object, which would leave out what it does not know. */
  private static Answer send(String method, String contentType, String path, ObjectNode body) {
    var http = cluster.client().getHttpClient();
    var objects = "apis/backstep.dev/v1alpha1/namespaces/" + namespace + "/";
    var uri = URI.create(cluster.client().getMasterUrl() + objects + path);
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
