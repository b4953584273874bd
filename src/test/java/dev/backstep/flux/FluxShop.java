package dev.backstep.flux;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.testing.GitRepository;
import dev.backstep.testing.Shop;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A shop that the real Flux deploys from a Git repository, again every two seconds. */
final class FluxShop implements AutoCloseable {
  private static final String KUSTOMIZATION = "kustomization";
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String WITNESS = "witness";
  private static final int ROUNDS = 3;

  private final Shop shop;
  private final GitRepository repository;
  private final GitServer server;

  private FluxShop(Shop shop, GitRepository repository, GitServer server) {
    this.shop = shop;
    this.repository = repository;
    this.server = server;
  }

  /**
   * Has Flux take these files.
   *
   * @param objects what it does with them, in the shop's namespace; the source is named shop
   */
  static FluxShop of(Shop shop, Map<String, String> files, String objects) {
    var all = new HashMap<>(files);
    all.put("witness/witness.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: witness}}");
    var repository = GitRepository.of(all);
    var server = GitServer.of(repository.folder());
    shop.apply(SOURCE.formatted(server.url()) + kustomization(WITNESS, shop, "") + RIGHTS);
    shop.apply(objects);
    return new FluxShop(shop, repository, server);
  }

  /** A Kustomization of the folder that is called as it is. */
  static String kustomization(String name, Shop shop, String more) {
    return KUSTOMIZED.formatted(name, shop.namespace(), more);
  }

  private static final String SOURCE =
      """
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata: {name: shop}
      spec: {interval: 1h, url: '%s', ref: {branch: main}}
      """;

  private static final String KUSTOMIZED =
      """
      ---
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: %1$s, namespace: %2$s}
      spec:
        interval: 2s
        retryInterval: 2s
        timeout: 1m
        prune: true
        path: ./%1$s
        targetNamespace: %2$s
        sourceRef: {kind: GitRepository, name: shop}
        %3$s
      """;

  private static final String RIGHTS =
      """
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: git}
      rules:
      - {apiGroups: [kustomize.toolkit.fluxcd.io], resources: [kustomizations], verbs: [patch]}
      - {apiGroups: [helm.toolkit.fluxcd.io], resources: [helmreleases], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: git}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: git}
      """;

  /** Commits files, and waits until Flux has them; whoever is not suspended applies them then. */
  void commit(Map<String, String> files) {
    repository.commit(files);
    var asked = "reconcile.fluxcd.io/requestedAt=" + UUID.randomUUID();
    shop.kubectl("annotate", "--overwrite", "gitrepositories", "shop", asked).orThrow();
    await(
        "gitrepository",
        "shop",
        it -> it.at("/status/artifact/revision").asText().endsWith(repository.head()));
  }

  /** Waits until what Git has was applied. */
  void awaitApplied(String kustomization) {
    await(
        KUSTOMIZATION,
        kustomization,
        it -> it.at("/status/lastAppliedRevision").asText().endsWith(repository.head()));
  }

  /** Waits until Flux has built what Git has, and is about to compare and apply it. */
  void awaitUnderWay(String kustomization) {
    await(
        KUSTOMIZATION,
        kustomization,
        it -> it.at("/status/conditions").toString().contains("Detecting drift"));
  }

  /** Waits while Flux applies again, several times, what nobody keeps it from applying. */
  void awaitRounds() {
    var until = rounds() + ROUNDS;
    Awaitility.await("rounds").atMost(PATIENCE).until(() -> rounds() >= until);
  }

  private int rounds() {
    return kustomization(WITNESS).at("/status/history/0/totalReconciliations").asInt();
  }

  void awaitImage(String image) {
    Awaitility.await(image)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> shop.image("web").equals(image));
  }

  JsonNode kustomization(String name) {
    return object(KUSTOMIZATION, name);
  }

  /** An object of Flux as it is now. */
  JsonNode object(String kind, String name) {
    try {
      return Json.MAPPER.readTree(shop.kubectl("get", kind, name, "-o", "json").orThrow().stdout());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String kind, String name, Predicate<JsonNode> reached) {
    Awaitility.await(name)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var now = object(kind, name);
              if (!reached.test(now)) {
                throw new AssertionError("not yet: " + now.toPrettyString());
              }
            });
  }

  /** Those that make others are gone first, or these would come back. */
  @Override
  public void close() {
    shop.kubectl("delete", "kustomizations", "apps", "--ignore-not-found").orThrow();
    shop.kubectl("delete", "kustomizations,helmreleases", "--all").orThrow();
    shop.kubectl("delete", "gitrepositories,helmcharts.source.toolkit.fluxcd.io", "--all")
        .orThrow();
    server.close();
  }
}
