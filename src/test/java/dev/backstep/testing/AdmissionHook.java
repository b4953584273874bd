package dev.backstep.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MatchConditionBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Stands inside the API server while it carries out a request: what runs here runs after the
 * request arrived and before it is stored. The place to kill an operator exactly between two of its
 * writes. Needs an API server on this machine.
 */
public final class AdmissionHook implements AutoCloseable {
  public static final String SKIPPED = "skipped: the API server does not run on this machine";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HASH = Pattern.compile("-[0-9a-f]{16}$");
  private static final String REFUSED =
      "refused by a test as if its operator had died before; whoever reads this is another one";

  private final String name;
  private final HttpsServer server;
  private final int wanted;
  private final boolean lands;
  private final Runnable then;
  private final List<String> requests = new ArrayList<>();

  private AdmissionHook(String name, HttpsServer server, int wanted, boolean lands, Runnable then) {
    this.name = name;
    this.server = server;
    this.wanted = wanted;
    this.lands = lands;
    this.then = then;
  }

  /** Only the project's own cluster surely runs on this machine, and only that has an audit log. */
  public static boolean isReachable() {
    return Cluster.get().auditLog().isPresent();
  }

  private static RuleWithOperations rule(String group, String resource, String... operations) {
    return new RuleWithOperationsBuilder()
        .withApiGroups(group)
        .withApiVersions("*")
        .withOperations(operations)
        .withResources(resource)
        .build();
  }

  /**
   * Runs something while the n-th write of an operator in a namespace is carried out: a status, a
   * record, or a target. What is only tried changes nothing, and is not counted.
   *
   * @param runner name of the ServiceAccount that writes targets
   */
  public static AdmissionHook atWrite(String namespace, String runner, int n, Runnable then)
      throws IOException, GeneralSecurityException, InterruptedException {
    return atWrite(namespace, runner, n, true, then);
  }

  /**
   * As {@link #atWrite(String, String, int, Runnable)}.
   *
   * @param lands false: that write is refused, as if the process had died before it
   */
  public static AdmissionHook atWrite(
      String namespace, String runner, int n, boolean lands, Runnable then)
      throws IOException, GeneralSecurityException, InterruptedException {
    return register(
        namespace,
        List.of(
            rule("backstep.dev", "rollbackplans/status", "UPDATE"),
            rule("apps", "controllerrevisions", "CREATE"),
            rule("apps", "deployments", "UPDATE"),
            rule("", "configmaps", "UPDATE"),
            rule("batch", "jobs", "CREATE", "UPDATE")),
        """
        !(has(request.dryRun) && request.dryRun) &&
        (!(request.resource.resource in ['deployments', 'configmaps', 'jobs'])
         || request.userInfo.username.endsWith(':%s'))
        """
            .formatted(runner),
        n,
        lands,
        then);
  }

  /**
   * Runs something while the first matching request of a namespace is carried out; all are allowed.
   *
   * @param resource such as {@code rollbackplans/status}
   * @param condition CEL over the admission request, such as {@code has(object.status.run)}
   */
  public static AdmissionHook during(
      String namespace, String group, String resource, String condition, Runnable onFirst)
      throws IOException, GeneralSecurityException, InterruptedException {
    return register(
        namespace, List.of(rule(group, resource, "UPDATE")), condition, 1, true, onFirst);
  }

  private static AdmissionHook register(
      String namespace,
      List<RuleWithOperations> rules,
      String condition,
      int wanted,
      boolean lands,
      Runnable then)
      throws IOException, GeneralSecurityException, InterruptedException {
    var keys = SelfSigned.made();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(keys.context()));
    server.setExecutor(Executors.newCachedThreadPool());
    var hook = new AdmissionHook("backstep-test-" + namespace, server, wanted, lands, then);
    server.createContext("/", hook::answer);
    server.start();
    hook.register(namespace, rules, condition, keys);
    return hook;
  }

  private void register(
      String namespace, List<RuleWithOperations> rules, String condition, SelfSigned keys)
      throws GeneralSecurityException {
    var configuration =
        new ValidatingWebhookConfigurationBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .addNewWebhook()
            .withName("hook.test.backstep.dev")
            .withAdmissionReviewVersions("v1")
            .withSideEffects("None")
            .withFailurePolicy("Fail")
            .withTimeoutSeconds(10)
            .withNewNamespaceSelector()
            .addToMatchLabels("kubernetes.io/metadata.name", namespace)
            .endNamespaceSelector()
            .withMatchConditions(
                new MatchConditionBuilder().withName("wanted").withExpression(condition).build())
            .withRules(rules)
            .withNewClientConfig()
            .withUrl("https://127.0.0.1:" + server.getAddress().getPort() + "/")
            .withCaBundle(Base64.getEncoder().encodeToString(keys.pem().getBytes()))
            .endClientConfig()
            .endWebhook()
            .build();
    Cluster.get().client().resource(configuration).create();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var request = JSON.readTree(exchange.getRequestBody()).path("request");
    var fires = count(request) == wanted;
    if (fires) {
      then.run();
    }
    var response =
        Map.of(
            "uid", request.path("uid").asText(),
            "allowed", lands || !fires,
            "status", Map.of("message", REFUSED));
    var answer =
        JSON.writeValueAsBytes(
            Map.of(
                "apiVersion",
                "admission.k8s.io/v1",
                "kind",
                "AdmissionReview",
                "response",
                response));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private synchronized int count(JsonNode request) {
    requests.add(text(request));
    return requests.size();
  }

  private static String text(JsonNode request) {
    var run = request.at("/object/status/run");
    var what =
        run.has("seq")
            ? run.path("seq").asText() + " " + run.path("phase").asText()
            : HASH.matcher(request.path("name").asText()).replaceFirst("");
    return "%s %s %s"
        .formatted(
            request.path("operation").asText(), request.at("/resource/resource").asText(), what);
  }

  /** How many requests matched: a fault that never fired proves nothing. */
  public synchronized int requests() {
    return requests.size();
  }

  /**
   * What matched, in order, such as "UPDATE rollbackplans 12 Acting": alike in runs of one plan.
   */
  public synchronized List<String> texts() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    Cluster.get()
        .client()
        .admissionRegistration()
        .v1()
        .validatingWebhookConfigurations()
        .withName(name)
        .delete();
    server.stop(0);
  }
}
