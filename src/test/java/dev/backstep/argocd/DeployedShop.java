package dev.backstep.argocd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.GitRepository;
import dev.backstep.testing.Shop;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/** A shop that the real Argo CD deploys from a Git repository, by itself and with self-heal. */
final class DeployedShop implements AutoCloseable {
  private static final String ARGO_CD = "argocd";
  private static final String SERVER = "http://127.0.0.1:17272/api/v1";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Shop shop;
  private final GitRepository repository;
  private final List<JsonNode> seen = new CopyOnWriteArrayList<>();
  private final Watch watch;

  private DeployedShop(Shop shop, GitRepository repository) {
    this.shop = shop;
    this.repository = repository;
    this.watch = application().watch(new Seen());
  }

  /** What Argo CD said of the Application, one after the other. */
  private final class Seen implements Watcher<GenericKubernetesResource> {
    @Override
    public void eventReceived(Action action, GenericKubernetesResource application) {
      seen.add(Json.MAPPER.valueToTree(application));
    }

    @Override
    public void onClose(WatcherException cause) {
      // The test notices that nothing comes any more.
    }
  }

  /**
   * Has Argo CD deploy what the repository has.
   *
   * @param annotations of the Application
   * @param options for its syncs
   */
  static DeployedShop of(Shop shop, Map<String, String> files, String annotations, String options) {
    return of(
        shop,
        files,
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            + SPEC.formatted(shop.namespace(), "%s", "namespace: argocd, ", annotations, options));
  }

  /**
   * The same, with an ApplicationSet that makes the Application.
   *
   * @param ignored what of the Application the ApplicationSet leaves alone
   */
  static DeployedShop ofSet(Shop shop, Map<String, String> files, String ignored) {
    var template = SPEC.formatted(shop.namespace(), "%s", "", "", "");
    return of(shop, files, SET.formatted(shop.namespace(), ignored) + template.indent(4));
  }

  private static DeployedShop of(Shop shop, Map<String, String> files, String application) {
    var repository = GitRepository.of(files);
    var objects = application.formatted(repository.folder()) + RIGHTS.formatted(shop.namespace());
    Cluster.get().kubectl().runWithInput(objects, "apply", "-f", "-").orThrow();
    return new DeployedShop(shop, repository);
  }

  private static final String SPEC =
      """
      metadata: {name: %1$s, %3$sannotations: {%4$s}}
      spec:
        project: default
        source: {repoURL: 'file://%2$s', path: ., targetRevision: main}
        destination: {server: 'https://kubernetes.default.svc', namespace: %1$s}
        syncPolicy:
          automated: {selfHeal: true, prune: true}
          syncOptions: [%5$s]
      """;

  private static final String SET =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: ApplicationSet
      metadata: {name: %1$s, namespace: argocd}
      spec:
        generators: [{list: {elements: [{name: one}]}}]
        ignoreApplicationDifferences: [%2$s]
        template:
      """;

  private static final String RIGHTS =
      """
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: %1$s, namespace: argocd}
      rules:
      - {apiGroups: [argoproj.io], resources: [applications], resourceNames: [%1$s], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: %1$s, namespace: argocd}
      subjects: [{kind: ServiceAccount, name: runner, namespace: %1$s}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
      """;

  /** Commits files, and has Argo CD look at the repository; an empty file is taken away. */
  DeployedShop commit(Map<String, String> files) {
    repository.commit(files);
    Cluster.get()
        .kubectl()
        .run(
            "-n",
            ARGO_CD,
            "annotate",
            "--overwrite",
            "applications.argoproj.io",
            shop.namespace(),
            "argocd.argoproj.io/refresh=normal")
        .orThrow();
    return this;
  }

  /** Runs an action of the plan as the user interface of Argo CD does; args are name=value. */
  void act(String action, String... parameters) {
    var body = Json.MAPPER.createObjectNode();
    body.put("namespace", shop.namespace()).put("resourceName", Shop.PLAN).put("action", action);
    body.put("group", "backstep.dev").put("version", "v1alpha1").put("kind", "RollbackPlan");
    var list = body.putArray("resourceActionParameters");
    for (var parameter : parameters) {
      var parts = parameter.split("=", 2);
      list.addObject().put("name", parts[0]).put("value", parts[1]);
    }
    post("resource/actions/v2", body);
  }

  /** Has everything deployed as Git has it, and what is not there any more deleted. */
  void sync() {
    post("sync", Json.MAPPER.createObjectNode().put("prune", true));
  }

  private void post(String what, JsonNode body) {
    var request =
        HttpRequest.newBuilder(
                URI.create("%s/applications/%s/%s".formatted(SERVER, shop.namespace(), what)))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    try {
      var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(HttpURLConnection.HTTP_OK);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Resource<GenericKubernetesResource> application() {
    return Cluster.get()
        .client()
        .genericKubernetesResources("argoproj.io/v1alpha1", "Application")
        .inNamespace(ARGO_CD)
        .withName(shop.namespace());
  }

  /** The Application as it is now. */
  JsonNode now() {
    return Json.MAPPER.valueToTree(application().require());
  }

  /** Forgets what was said until now. */
  void forget() {
    seen.clear();
  }

  /** What Argo CD said of the Application's health, each once as long as it stayed. */
  List<String> healths() {
    var healths = new ArrayList<String>();
    for (var application : seen) {
      var health = application.at("/status/health/status").asText();
      if (healths.isEmpty() || !healths.get(healths.size() - 1).equals(health)) {
        healths.add(health);
      }
    }
    return healths;
  }

  /** What Argo CD said of whether the plan is as Git has it, all that differs. */
  List<String> syncsOfPlan() {
    return seen.stream().map(DeployedShop::syncOfPlan).distinct().toList();
  }

  static String syncOfPlan(JsonNode application) {
    return StreamSupport.stream(application.at("/status/resources").spliterator(), false)
        .filter(resource -> resource.path("kind").asText().equals("RollbackPlan"))
        .map(resource -> resource.path("status").asText())
        .findFirst()
        .orElse("absent");
  }

  DeployedShop await(String what, Predicate<JsonNode> reached) {
    // One of an ApplicationSet is made a moment after that.
    Awaitility.await(what)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(application().get()).as("the Application").isNotNull();
              var now = now();
              if (!reached.test(now)) {
                throw new AssertionError("not yet %s: %s".formatted(what, now.toPrettyString()));
              }
            });
    return this;
  }

  DeployedShop awaitSync(String status) {
    return await(status, it -> it.at("/status/sync/status").asText().equals(status));
  }

  DeployedShop awaitHealth(String status) {
    return await(status, it -> it.at("/status/health/status").asText().equals(status));
  }

  void awaitImage(String image) {
    Awaitility.await(image).atMost(PATIENCE).until(() -> shop.image("web").equals(image));
  }

  /** The Application is gone before what it deployed, or it would come back. */
  @Override
  public void close() {
    watch.close();
    var kubectl = Cluster.get().kubectl();
    var kinds =
        List.of("applicationsets.argoproj.io", "applications.argoproj.io", "rolebinding", "role");
    for (var kind : kinds) {
      kubectl.run("-n", ARGO_CD, "delete", kind, shop.namespace(), "--ignore-not-found").orThrow();
    }
  }
}
