package dev.backstep.simulation;

import static dev.backstep.simulation.ReferenceLadder.in;
import static dev.backstep.simulation.ReferenceLadders.GATES;
import static dev.backstep.simulation.ReferenceLadders.deployment;
import static dev.backstep.simulation.ReferenceLadders.levels;
import static dev.backstep.simulation.ReferenceLadders.wedged;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Paths that answer 503 for a while, so that what is behind them can come back. */
final class RouteLadders {
  private static final String RESPONDER =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: backstep-responder}
      spec: {ports: [{port: 80}]}
      """;

  private static final String INGRESS =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop, labels: {team: shop}}
      spec:
        rules:
        - host: shop
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            - {path: /orders/all, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}
      """;

  private static final String HTTP_ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop, labels: {team: shop}}
      spec:
        rules:
        - matches: [{path: {type: PathPrefix, value: /}}]
          backendRefs: [{group: '', kind: Service, name: web, port: 80, weight: 1}]
      """;

  /** One path gets another backend, and one is added; both are as before on release. */
  static final ReferenceLadder BLOCK =
      of("block", "Ingress", INGRESS).thenState("Mitigated", "Released");

  static final ReferenceLadder BLOCK_UNDONE =
      of("block-undone", "Ingress", INGRESS)
          .thenState("Mitigated", "Undone")
          .thenSees("Undone", "Undone");

  static final ReferenceLadder BLOCK_ABORTED =
      of("block-aborted", "Ingress", INGRESS)
          .thenState("Acting", "Aborted")
          .thenState("Aborted", "Released")
          .madeRacy();

  /** Somebody gives one of the blocked paths a backend of his own. */
  static final ReferenceLadder BLOCK_CHANGED =
      of("block-changed", "Ingress", INGRESS)
          .then(
              "sends the path elsewhere",
              in("Mitigated"),
              (world, plan) -> {
                world.change("team", "ingresses", "shop", RouteLadders::elsewhere);
                ReferenceLadder.state(plan, "Released");
              });

  /** One more rule, before all others. */
  static final ReferenceLadder BLOCK_RULE =
      of("block-rule", "HTTPRoute", HTTP_ROUTE).thenState("Mitigated", "Released");

  static final List<ReferenceLadder> ALL =
      List.of(BLOCK, BLOCK_UNDONE, BLOCK_ABORTED, BLOCK_CHANGED, BLOCK_RULE);

  private RouteLadders() {}

  private static ReferenceLadder of(String name, String kind, String route) {
    var actions =
        """
        - name: block
          timeout: 2m
          blockRoute: {routeRef: {kind: %s, name: shop}, path: /orders}
        - name: again
          timeout: 2m
          restart: {workloads: [{kind: Deployment, name: web}]}
        """
            .formatted(kind);
    return ReferenceLadder.of(
            name, GATES + levels("- name: only\n  actions:\n" + actions.indent(2)))
        .with(RESPONDER, route, wedged(deployment("web", "app:v1")))
        .thenRun(in("Idle"), "only");
  }

  private static void elsewhere(ObjectNode route) {
    ((ObjectNode) route.at("/spec/rules/0/http/paths/1/backend/service")).put("name", "other");
  }
}
