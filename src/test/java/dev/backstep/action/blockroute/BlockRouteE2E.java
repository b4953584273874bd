package dev.backstep.action.blockroute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.testing.Cluster;
import dev.backstep.testing.Command;
import dev.backstep.testing.Helm;
import dev.backstep.testing.Shop;
import dev.backstep.testing.TestOperator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What customers see of a blocked path, through a real controller of Ingresses and HTTPRoutes. */
class BlockRouteE2E {
  @RegisterExtension static final TestOperator operator = TestOperator.running();

  private static final String RIGHTS =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: Role
      metadata: {name: routes}
      rules:
      - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [patch]}
      - {apiGroups: [gateway.networking.k8s.io], resources: [httproutes], verbs: [patch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: routes}
      subjects: [{kind: ServiceAccount, name: runner}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: routes}
      """;

  private static final String CONTROLLER =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: traefik}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: %1$s-traefik}
      subjects: [{kind: ServiceAccount, name: traefik, namespace: %1$s}]
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: traefik}
      spec:
        selector: {matchLabels: {app: traefik}}
        template:
          metadata: {labels: {app: traefik}}
          spec:
            serviceAccountName: traefik
            terminationGracePeriodSeconds: 1
            containers:
            - name: traefik
              image: backstep.dev/traefik:3
              imagePullPolicy: Never
              args:
              - --global.checknewversion=false
              - --global.sendanonymoususage=false
              - --entrypoints.web.address=:8000
              - --providers.kubernetesingress.namespaces=%1$s
              - --providers.kubernetesingress.allowemptyservices=true
              - --providers.kubernetesingress.strictprefixmatching=true
              - --providers.kubernetesgateway.namespaces=%1$s
              readinessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: traefik}
      spec: {selector: {app: traefik}, ports: [{port: 80, targetPort: 8000}]}
      """;

  private static final Map<String, String> ROUTES =
      Map.of(
          "Ingress",
          """
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: {name: shop}
          spec:
            rules:
            - http:
                paths:
                - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                - {path: /api/health, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}
          """,
          "HTTPRoute",
          """
          apiVersion: gateway.networking.k8s.io/v1
          kind: GatewayClass
          metadata: {name: %1$s}
          spec: {controllerName: traefik.io/gateway-controller}
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: Gateway
          metadata: {name: shop}
          spec:
            gatewayClassName: %1$s
            listeners: [{name: web, port: 8000, protocol: HTTP}]
          ---
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata: {name: shop}
          spec:
            parentRefs: [{name: shop}]
            rules:
            - matches: [{path: {type: PathPrefix, value: /}}]
              backendRefs: [{name: web, port: 80}]
            - matches: [{path: {type: Exact, value: /api/health}}]
              backendRefs: [{name: web, port: 80}]
          """);

  private static final String CLOSED =
      """
      {"spec":{"run":{"id":"INC-1","reason":"the exports take all connections",
       "requestedBy":"alice","levels":["closed"],"entry":"Always"}}}
      """;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void controller() {
    assumeTrue(
        Cluster.get().auditLog().isPresent(),
        "skipped: dev/ingress serves the project's own cluster only");
    Command.run(List.of("dev/ingress"), Map.of(), "").orThrow();
    Command.run(List.of("dev/image"), Map.of(), "").orThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ingress", "HTTPRoute"})
  void aPathAnswers503UntilItIsGivenBack(String kind) {
    try (var shop = open(kind)) {
      // given
      shop.kubectl("create", "service", "clusterip", "backstep-responder", "--tcp=80").orThrow();
      plan(shop, kind, "");
      awaitStatus(shop, "/api/health", 200);
      var before = spec(shop, kind);

      // when
      shop.patch(CLOSED).awaitPhase(Phase.Mitigated);

      // then
      awaitStatus(shop, "/api/health", 503);
      awaitStatus(shop, "/api/other", 503);
      assertThat(status(shop, "/ready")).as("another path").isEqualTo(200);
      assertThat(status(shop, "/apis")).as("a path that only begins so").isNotEqualTo(503);

      // when
      shop.state("Released").awaitPhase(Phase.Released);

      // then
      awaitStatus(shop, "/api/health", 200);
      assertThat(spec(shop, kind)).isEqualTo(before);
      withoutController(shop);
    }
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments("Ingress", "", "{\"error\": \"closed by us\"}"),
        arguments("HTTPRoute", "", "{\"error\": \"closed by us\"}"),
        arguments(
            "HTTPRoute",
            ", body: '{\"message\": \"geschlossen für heute\"}'",
            "{\"message\":\"geschlossen f\\u00FCr heute\"}"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void theChartsResponderSaysWhy(String kind, String body, String answer) {
    try (var shop = open(kind)) {
      // given
      responder(shop);
      plan(shop, kind, body);
      awaitStatus(shop, "/api/health", 200);
      var before = spec(shop, kind);

      // when
      shop.patch(CLOSED).awaitPhase(Phase.Mitigated);

      // then
      awaitStatus(shop, "/api/health", 503);
      var blocked = ask(shop, "/api/health").orElseThrow();
      assertThat(blocked.statusCode()).isEqualTo(503);
      assertThat(blocked.body()).isEqualTo(answer);
      assertThat(blocked.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(status(shop, "/ready")).as("another path").isEqualTo(200);

      // when
      shop.state("Released").awaitPhase(Phase.Released);

      // then
      awaitStatus(shop, "/api/health", 200);
      assertThat(spec(shop, kind)).isEqualTo(before);
      withoutController(shop);
    }
  }

  private static Shop open(String kind) {
    var shop = Shop.open("block").serving("web", "v1");
    shop.apply(RIGHTS);
    shop.apply(CONTROLLER.formatted(shop.namespace()));
    shop.apply(ROUTES.get(kind).formatted(shop.namespace()));
    return shop.rolledOut("traefik");
  }

  private static void plan(Shop shop, String kind, String more) {
    shop.plan(
        """
        - name: closed
          actions:
          - name: no-api
            blockRoute: {routeRef: {kind: %s, name: shop}, path: /api%s}
        """
            .formatted(kind, more));
  }

  /** As the chart makes it for one namespace. */
  private static void responder(Shop shop) {
    var manifests =
        Helm.run(
            "template",
            "backstep",
            "deploy/helm/backstep",
            "--kube-version=" + shop.client().getKubernetesVersion().getGitVersion(),
            "--show-only=templates/responder.yaml",
            "--set=image.tag=dev",
            "--set=responder.enabled=true",
            "--set=responder.namespaces={%s}".formatted(shop.namespace()),
            "--set-literal=responder.body={\"error\": \"closed by us\"}");
    shop.apply(manifests.stdout());
    shop.rolledOut("backstep-responder");
  }

  /** Its right is for the whole cluster, so it does not go with the namespace. */
  private static void withoutController(Shop shop) {
    shop.kubectl("delete", "clusterrolebinding", shop.namespace() + "-traefik").orThrow();
  }

  private static String spec(Shop shop, String kind) {
    return shop.kubectl("get", kind, "shop", "-o", "jsonpath={.spec}").orThrow().stdout();
  }

  private void awaitStatus(Shop shop, String path, int status) {
    Awaitility.await(path)
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(status(shop, path)).isEqualTo(status));
  }

  private int status(Shop shop, String path) {
    return ask(shop, path).map(HttpResponse::statusCode).orElse(-1);
  }

  /** Empty: its controller is starting. */
  private Optional<HttpResponse<String>> ask(Shop shop, String path) {
    var service = shop.client().services().inNamespace(shop.namespace()).withName("traefik");
    var uri = URI.create("http://%s%s".formatted(service.require().getSpec().getClusterIP(), path));
    try {
      return Optional.of(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
