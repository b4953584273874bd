package dev.backstep.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backstep.testing.StandingClock;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probe makes of whatever an API server may answer; a real one answers in an E2E. */
class PolicyProbeTest {
  private static final String POLICIES =
      "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/";
  private static final String BINDINGS =
      "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/";
  private static final String REFUSAL =
      "approvals.backstep.dev \"backstep-policy-probe\" is forbidden: ValidatingAdmissionPolicy"
          + " 'ops-backstep.approvals.backstep.dev' with binding"
          + " 'ops-backstep.approvals.backstep.dev' denied request: spec.approver is nobody";

  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private final AtomicInteger probes = new AtomicInteger();
  private final StandingClock time = new StandingClock(Instant.parse("2026-03-01T12:00:00Z"));

  /** How a forged approval is answered. */
  private volatile int code = 403;

  private volatile String message = REFUSAL;
  private HttpServer server;
  private KubernetesClient client;
  private PolicyProbe probe;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    probe = new PolicyProbe(client, time);
    for (var part : List.of("approvals", "rollbackplans")) {
      changed(POLICIES, part, "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z");
      changed(BINDINGS, part, "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z");
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  private void changed(String kind, String part, String created, String... changed) {
    var fields =
        List.of(changed).stream()
            .map("{\"manager\":\"helm\",\"time\":\"%s\"}"::formatted)
            .toList()
            .toString();
    installed(kind, part, "\"%s\"".formatted(created), fields);
  }

  private void installed(String kind, String part, String created, String managedFields) {
    var name = "ops-backstep." + part + ".backstep.dev";
    objects.put(
        kind + name,
        "{\"metadata\":{\"name\":\"%s\",\"creationTimestamp\":%s,\"managedFields\":%s}}"
            .formatted(name, created, managedFields));
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    var path = exchange.getRequestURI().getPath();
    if (path.endsWith("/approvals")) {
      assertThat(exchange.getRequestURI().getQuery()).contains("dryRun=All");
      probes.incrementAndGet();
      send(exchange, code, code < 300 ? "{}" : status(code, message));
    } else if (objects.containsKey(path)) {
      send(exchange, 200, objects.get(path));
    } else {
      send(exchange, 404, status(404, "not found"));
    }
  }

  private static String status(int code, String message) throws IOException {
    return new ObjectMapper()
        .writeValueAsString(
            Map.of("kind", "Status", "apiVersion", "v1", "code", code, "message", message));
  }

  private static void send(HttpExchange exchange, int code, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void aRefusalByThePolicyIsTheProof() {
    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isTrue();
    assertThat(state.changedAt()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(state.message())
        .isEqualTo("A forged approval was refused; the policies are as of 2026-03-01T10:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "policies, approvals",
    "bindings, approvals",
    "policies, rollbackplans",
    "bindings, rollbackplans"
  })
  void theLatestChangeOfAnyOfThemCounts(String kind, String part) {
    changed(
        kind.equals("policies") ? POLICIES : BINDINGS,
        part,
        "2026-03-01T10:00:00Z",
        "2026-03-01T10:30:00Z",
        "2026-03-01T11:00:00Z",
        "2026-03-01T10:45:00Z");

    assertThat(probe.state("shop", "rollbackplans").changedAt()).isEqualTo("2026-03-01T11:00:00Z");
  }

  @Test
  void aPolicyThatWasCreatedAnewCountsFromThen() {
    changed(POLICIES, "approvals", "2026-03-01T11:00:00Z", "2026-03-01T10:00:00Z");

    assertThat(probe.state("shop", "rollbackplans").changedAt()).isEqualTo("2026-03-01T11:00:00Z");
  }

  @Test
  void whatTheApiServerWritesToTheStatusIsNoChange() {
    installed(
        POLICIES,
        "approvals",
        "\"2026-03-01T10:00:00Z\"",
        "[{\"manager\":\"kube-apiserver\",\"subresource\":\"status\","
            + "\"time\":\"2026-03-01T11:00:00Z\"}]");

    assertThat(probe.state("shop", "rollbackplans").changedAt()).isEqualTo("2026-03-01T10:00:00Z");
  }

  @Test
  void anEntryWithoutATimeIsNoChange() {
    installed(POLICIES, "approvals", "\"2026-03-01T10:00:00Z\"", "[{\"manager\":\"helm\"}]");

    assertThat(probe.state("shop", "rollbackplans").changedAt()).isEqualTo("2026-03-01T10:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({"null", "[]"})
  void aPolicyThatDoesNotTellWhenItWasChangedProvesNothing(String managedFields) {
    installed(BINDINGS, "rollbackplans", "\"2026-03-01T10:00:00Z\"", managedFields);

    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.changedAt()).isNull();
    assertThat(state.message())
        .contains("ValidatingAdmissionPolicyBinding ops-backstep.rollbackplans.backstep.dev")
        .contains("no managedFields");
  }

  @Test
  void aMissingPolicyIsNamed() {
    objects.remove(POLICIES + "ops-backstep.rollbackplans.backstep.dev");

    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.message())
        .startsWith("ValidatingAdmissionPolicy ops-backstep.rollbackplans.backstep.dev does not");
  }

  @Test
  void aForgeryThatIsAcceptedProvesThatNothingIsInForce() {
    code = 201;

    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.changedAt()).isNull();
    assertThat(state.message())
        .contains("is not in force in shop: a forged approval would have been accepted")
        .contains("Install the chart with admissionPolicies.enabled=true");
  }

  @ParameterizedTest
  @CsvSource({
    "403, The operator needs the right to create approvals",
    "404, Install the CustomResourceDefinition of approvals.",
    "422, Install the CustomResourceDefinitions of this version.",
    "500, It is tried again in a few seconds."
  })
  void anyOtherAnswerProvesNothingAndHasItsRemedy(int answer, String remedy) {
    code = answer;
    message = "no";

    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.message())
        .contains("the probe ended otherwise")
        .contains(remedy)
        .doesNotContain("Failure executing", "Received status");
  }

  @Test
  void anotherPolicysRefusalProvesNothing() {
    message = REFUSAL.replace("approvals.backstep.dev' with", "approvals.example.com' with");

    assertThat(probe.state("shop", "rollbackplans").inForce()).isFalse();
  }

  @Test
  void aServerThatDoesNotAnswerProvesNothing() {
    server.stop(0);

    var state = probe.state("shop", "rollbackplans");

    assertThat(state.inForce()).isFalse();
    assertThat(state.message()).contains("in shop");
  }

  @Test
  void whatWasProvenIsBelievedForAMinute() {
    probe.state("shop", "rollbackplans");
    code = 201;
    time.pass(Duration.ofSeconds(59));
    assertThat(probe.state("shop", "rollbackplans").inForce()).isTrue();
    assertThat(probes).hasValue(1);

    time.pass(Duration.ofSeconds(1));

    assertThat(probe.state("shop", "rollbackplans").inForce()).isFalse();
    assertThat(probes).hasValue(2);
  }

  @Test
  void whatWasNotProvenIsDoubtedForFiveSeconds() {
    code = 201;
    probe.state("shop", "rollbackplans");
    code = 403;
    time.pass(Duration.ofSeconds(4));
    assertThat(probe.state("shop", "rollbackplans").inForce()).isFalse();

    time.pass(Duration.ofSeconds(1));

    assertThat(probe.state("shop", "rollbackplans").inForce()).isTrue();
  }

  @Test
  void eachNamespaceIsProvenByItself() {
    assertThat(probe.state("shop", "rollbackplans").inForce()).isTrue();
    code = 201;

    assertThat(probe.state("other", "rollbackplans").inForce()).isFalse();
    assertThat(probe.state("shop", "rollbackplans").inForce()).isTrue();
  }
}
