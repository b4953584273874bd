package dev.backstep.testing;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * Stands inside the API server while it carries out a request: what runs here runs after the
 * request arrived and before it is stored. The place to kill an operator exactly between two of its
 * writes. Needs an API server on this machine.
 */
public final class AdmissionHook implements AutoCloseable {
  public static final String SKIPPED = "skipped: the API server does not run on this machine";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration STORED = Duration.ofSeconds(10);
  private static final String REFUSED =
      "refused by a test as if its operator had died before; whoever reads this is another one";

  private final String name;
  private final HttpsServer server;
  private final int wanted;
  private final Fault fault;
  private final List<String> requests = new ArrayList<>();
  private volatile CompletableFuture<Void> end = CompletableFuture.completedFuture(null);

  /**
   * What happens at the wanted request.
   *
   * @param during while it is carried out
   * @param lands whether it is allowed
   * @param then after it was answered
   */
  private record Fault(Runnable during, boolean lands, Consumer<Write> then) {}

  private AdmissionHook(String name, HttpsServer server, int wanted, Fault fault) {
    this.name = name;
    this.server = server;
    this.wanted = wanted;
    this.fault = fault;
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
   * Kills an operator right before its n-th write in a namespace: of a status, a record, or a
   * target. What is only tried changes nothing, and is not counted.
   *
   * @param runner name of the ServiceAccount that writes targets
   */
  public static AdmissionHook killBefore(
      String namespace, String runner, int n, TestOperator operator)
      throws IOException, GeneralSecurityException, InterruptedException {
    return atWrite(namespace, runner, n, new Fault(operator::kill, false, write -> {}));
  }

  /**
   * As {@link #killBefore}, but right after that write was stored, and before its answer has come.
   * It is frozen meanwhile: the API server drops the requests of a client that is dead.
   */
  public static AdmissionHook killAfter(
      String namespace, String runner, int n, TestOperator operator)
      throws IOException, GeneralSecurityException, InterruptedException {
    return atWrite(
        namespace, runner, n, new Fault(operator::freeze, true, write -> kill(operator, write)));
  }

  private static void kill(TestOperator operator, Write write) {
    try {
      Awaitility.await(write.text() + " to be stored")
          .atMost(STORED)
          .pollInterval(Duration.ofMillis(20))
          .until(write::isStored);
    } finally {
      operator.kill();
    }
  }

  private static AdmissionHook atWrite(String namespace, String runner, int n, Fault fault)
      throws IOException, GeneralSecurityException, InterruptedException {
    return register(
        namespace,
        List.of(
            rule("backstep.dev", "rollbackplans/status", "UPDATE"),
            rule("apps", "controllerrevisions", "CREATE"),
            rule("apps", "deployments", "UPDATE"),
            rule("", "configmaps", "UPDATE"),
            rule("networking.k8s.io", "ingresses", "UPDATE"),
            rule("batch", "jobs", "CREATE", "UPDATE")),
        """
        !(has(request.dryRun) && request.dryRun) &&
        (!(request.resource.resource in ['deployments', 'configmaps', 'ingresses', 'jobs'])
         || request.userInfo.username.endsWith(':%s'))
        """
            .formatted(runner),
        n,
        fault);
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
    var fault = new Fault(onFirst, true, write -> {});
    return register(namespace, List.of(rule(group, resource, "UPDATE")), condition, 1, fault);
  }

  private static AdmissionHook register(
      String namespace, List<RuleWithOperations> rules, String condition, int wanted, Fault fault)
      throws IOException, GeneralSecurityException, InterruptedException {
    var keys = SelfSigned.made();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(keys.context()));
    server.setExecutor(Executors.newCachedThreadPool());
    var hook = new AdmissionHook("backstep-test-" + namespace, server, wanted, fault);
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
    var write = new Write(JSON.readTree(exchange.getRequestBody()).path("request"));
    var fires = count(write) == wanted;
    if (fires) {
      fault.during().run();
    }
    respond(exchange, write, fault.lands() || !fires);
    if (fires) {
      end = CompletableFuture.runAsync(() -> fault.then().accept(write));
    }
  }

  private synchronized int count(Write write) {
    requests.add(write.text());
    return requests.size();
  }

  private static void respond(HttpExchange exchange, Write write, boolean allowed)
      throws IOException {
    var response =
        Map.of("uid", write.uid(), "allowed", allowed, "status", Map.of("message", REFUSED));
    var review =
        Map.of(
            "apiVersion", "admission.k8s.io/v1",
            "kind", "AdmissionReview",
            "response", response);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(JSON.writeValueAsBytes(review));
    exchange.close();
  }

  /** How many requests matched: a fault that never fired proves nothing. */
  public int requests() {
    return texts().size();
  }

  /** What matched, in order. Fails if something went wrong at the wanted one. */
  public List<String> texts() {
    end.join();
    synchronized (this) {
      return List.copyOf(requests);
    }
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
