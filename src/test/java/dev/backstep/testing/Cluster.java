package dev.backstep.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The real cluster of all tests that need one: started by the first test that asks for it, with the
 * CRDs installed, and taken down after the last test if it was started for them. Which one it is,
 * {@link ClusterSource} decides.
 */
public final class Cluster {
  /**
   * What tests lock that need the CRD of Argo Rollouts, because another one takes it away for a
   * while.
   */
  public static final String ARGO_ROLLOUTS = "rollouts.argoproj.io";

  private static final Path CRDS = Path.of("deploy", "crds");

  /** A busy machine may need long for a request; how long is no matter of any test. */
  private static final int PATIENCE_MILLIS = 60_000;

  private static final long ESTABLISHED_SECONDS = 60;

  /** Each look is a request to the API server, and several classes look side by side. */
  private static final Duration PACE = Duration.ofMillis(250);

  static {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(PACE);
  }

  private final ClusterSource.Access access;
  private final KubernetesClient client;

  private Cluster(ClusterSource.Access access) {
    this.access = access;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.fromKubeconfig(access.kubeconfig().toFile()))
                    .withRequestTimeout(PATIENCE_MILLIS)
                    .build())
            .build();
    definitions().forEach(this::install);
  }

  /** The class is loaded, and the cluster started, when the first test asks. */
  private static final class Lazy {
    private static final Cluster INSTANCE = new Cluster(ClusterSource.access());
  }

  /** The cluster; starts it if need be. */
  public static Cluster get() {
    return Lazy.INSTANCE;
  }

  /** A client that may do everything; shared, so never close it. */
  public KubernetesClient client() {
    return client;
  }

  /** A client that is somebody else, by impersonation; never close it, that closes the parent. */
  public KubernetesClient as(String user, String... groups) {
    var request =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withImpersonateUsername(user)
            .withImpersonateGroups(groups)
            .build();
    return client.newClient(request).adapt(KubernetesClient.class);
  }

  /** The administrator's kubeconfig. */
  public Path kubeconfig() {
    return access.kubeconfig();
  }

  /** What the API server did for whom; the project's own cluster has it, others may not. */
  public Optional<AuditLog> auditLog() {
    return access.auditLog().map(AuditLog::new);
  }

  /** kubectl as the administrator. */
  public Kubectl kubectl() {
    return new Kubectl(this);
  }

  /** Makes sure that Argo Rollouts runs; false: it cannot be started in this cluster. */
  public boolean argoRollouts() {
    return ClusterSource.beside(access, "argo-rollouts");
  }

  /** Makes sure that Argo CD runs; false: it cannot be started in this cluster. */
  public boolean argoCd() {
    return ClusterSource.beside(access, "argo-cd");
  }

  /** Makes sure that Flux runs; false: it cannot be started in this cluster. */
  public boolean flux() {
    return ClusterSource.beside(access, "flux");
  }

  /**
   * What kubectl, helm and the like need in their environment to use this cluster. They end before
   * it pays to collect garbage as often as Go does unless it is told.
   */
  public Map<String, String> environment() {
    return Map.of("KUBECONFIG", kubeconfig().toString(), "PATH", access.path(), "GOGC", "400");
  }

  /** A program of the cluster's own tools, else of the machine. */
  public Path program(String name) {
    return Stream.of(access.path().split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " is neither built nor installed"));
  }

  /** Creates a namespace for a test that needs no operator. */
  public String newNamespace(String purpose) {
    return createNamespace(nameFor(purpose), purpose);
  }

  static String nameFor(String purpose) {
    return purpose + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Creates a namespace that says by its label what it is for. */
  String createNamespace(String name, String purpose) {
    var namespace =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("backstep.dev/test", purpose)
            .endMetadata()
            .build();
    client.resource(namespace).create();
    return name;
  }

  /**
   * Waits until namespaces are gone that were deleted, and says of each that is not what keeps it.
   */
  void awaitGone(List<String> names, Duration atMost) {
    Awaitility.await("deleted namespaces to be gone")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThat(names)
                    .as("deleted namespaces that are still there")
                    .allSatisfy(name -> assertThat(whatKeeps(name)).isEmpty()));
  }

  private List<String> whatKeeps(String name) {
    var namespace = client.namespaces().withName(name).get();
    if (namespace == null) {
      return List.of();
    }
    var reasons =
        namespace.getStatus().getConditions().stream()
            .filter(condition -> condition.getStatus().equals("True"))
            .map(NamespaceCondition::getMessage);
    return Stream.concat(Stream.of(name), reasons).toList();
  }

  /**
   * Deletes a namespace with all that is in it; does not wait for the end, and takes no finalizer
   * off: that is the operator's part.
   */
  public void deleteNamespace(String name) {
    client.namespaces().withName(name).delete();
  }

  private void install(Path file) {
    var definition =
        client.getKubernetesSerialization().unmarshal(read(file), CustomResourceDefinition.class);
    client.resource(definition).fieldManager("backstep-tests").forceConflicts().serverSideApply();
    client
        .resource(definition)
        .waitUntilCondition(Cluster::isEstablished, ESTABLISHED_SECONDS, TimeUnit.SECONDS);
  }

  private static boolean isEstablished(CustomResourceDefinition definition) {
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Established") && it.getStatus().equals("True"));
  }

  private static List<Path> definitions() {
    try (var files = Files.list(CRDS)) {
      return files.filter(file -> file.toString().matches(".*\\.ya?ml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
