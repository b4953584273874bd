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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Stands inside the API server while it carries out a request: what runs here runs after the
 * request arrived and before it is stored. The place to kill an operator exactly between two of its
 * writes. Needs an API server on this machine.
 */
public final class AdmissionHook implements AutoCloseable {
  public static final String SKIPPED = "skipped: the API server does not run on this machine";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final String name;
  private final HttpsServer server;
  private final int wanted;
  private final boolean lands;
  private final Runnable then;
  private final AtomicInteger requests = new AtomicInteger();

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
   * record, or a target.
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
        "!(request.resource.resource in ['deployments', 'configmaps', 'jobs']) || request.userInfo.username.endsWith(':%s')"
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
    var keys = keyStore();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
    server.setExecutor(Executors.newCachedThreadPool());
    var hook = new AdmissionHook("backstep-test-" + namespace, server, wanted, lands, then);
    server.createContext("/", hook::answer);
    server.start();
    hook.register(namespace, rules, condition, keys);
    return hook;
  }

  private void register(
      String namespace, List<RuleWithOperations> rules, String condition, KeyStore keys)
      throws GeneralSecurityException {
    var certificate = keys.getCertificate("hook").getEncoded();
    var pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate)
            + "\n-----END CERTIFICATE-----\n";
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
            .withCaBundle(Base64.getEncoder().encodeToString(pem.getBytes()))
            .endClientConfig()
            .endWebhook()
            .build();
    Cluster.get().client().resource(configuration).create();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var review = JSON.readTree(exchange.getRequestBody());
    var fires = requests.incrementAndGet() == wanted;
    if (fires) {
      then.run();
    }
    var answer =
        JSON.writeValueAsBytes(
            Map.of(
                "apiVersion",
                "admission.k8s.io/v1",
                "kind",
                "AdmissionReview",
                "response",
                Map.of("uid", review.at("/request/uid").asText(), "allowed", lands || !fires)));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static KeyStore keyStore()
      throws IOException, GeneralSecurityException, InterruptedException {
    var file = Files.createTempDirectory("hook").resolve("keys.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command =
        List.of(
            keytool,
            "-genkeypair",
            "-alias",
            "hook",
            "-keyalg",
            "EC",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD));
    Command.run(command, Map.of(), "").orThrow();
    var keys = KeyStore.getInstance("PKCS12");
    try (var stream = Files.newInputStream(file)) {
      keys.load(stream, PASSWORD);
    }
    return keys;
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** How many requests matched: a fault that never fired proves nothing. */
  public int requests() {
    return requests.get();
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
