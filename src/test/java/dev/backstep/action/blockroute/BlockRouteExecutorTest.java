package dev.backstep.action.blockroute;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Scopes;
import dev.backstep.action.Traits;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.cluster.ConfigMaps;
import dev.backstep.cluster.Impersonation;
import dev.backstep.cluster.LeapingClock;
import dev.backstep.effect.Author;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Outcome;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Differences;
import dev.backstep.object.Editors;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.ObjectPatches;
import dev.backstep.object.PatchReversals;
import dev.backstep.problem.Problem;
import dev.backstep.testing.LooksHere;
import dev.backstep.testing.LoopbackApi;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.zjsonpatch.JsonPatch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests answer 503, and that the route is as before afterwards. */
class BlockRouteExecutorTest {
  private static final String INGRESS = "routeRef: {kind: Ingress, name: shop}, ";
  private static final String HTTP_ROUTE = "routeRef: {kind: HTTPRoute, name: shop}, ";
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  private static final String RESPONDER =
      "{\"service\":{\"name\":\"backstep-responder\",\"port\":{\"number\":80}}}";

  private final LoopbackApi api = new LoopbackApi();
  private final BlockRouteExecutor executor =
      new BlockRouteExecutor(
          api.client(), new Responder(api.client()), List.of(new Ingresses(), new HttpRoutes()));

  BlockRouteExecutorTest() {
    responder(false);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void responder(boolean ofTheChart) {
    var service =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("backstep-responder")
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withPort(80)
            .endPort()
            .endSpec();
    if (ofTheChart) {
      service.editMetadata().addToLabels("backstep.dev/responder", "true").endMetadata();
    }
    api.has(service.build());
  }

  private static BlockRoute action(String yaml) {
    var type = yaml.contains("pathType") ? "" : ", pathType: Prefix";
    var plan =
        """
        serviceAccountName: runner
        gates: []
        levels: [{name: quiet, actions: [{name: back, blockRoute: {%s%s}}]}]
        """
            .formatted(yaml, type);
    return PlanYaml.spec(plan).allActions().findFirst().orElseThrow().blockRoute();
  }

  private static HasMetadata ingress(String rules) {
    return object("networking.k8s.io/v1", "Ingress", "rules: " + rules);
  }

  private static HasMetadata httpRoute(String spec) {
    return object("gateway.networking.k8s.io/v1", "HTTPRoute", spec);
  }

  private static HasMetadata object(String version, String kind, String spec) {
    return SERIALIZATION.unmarshal(
        """
        apiVersion: %s
        kind: %s
        metadata: {namespace: shop, name: shop, uid: u, resourceVersion: "7", generation: 3, annotations: {team: shop}}
        spec:
        %s
        """
            .formatted(version, kind, spec.indent(2)),
        HasMetadata.class);
  }

  private static final String TO = "backend: {service: {name: %s, port: {number: 80}}}";

  private static String path(String path, String type, String service) {
    return "{path: '%s', pathType: %s, %s}".formatted(path, type, TO.formatted(service));
  }

  private static String rule(String host, String... paths) {
    return "- {%shttp: {paths: [%s]}}\n"
        .formatted(host.isEmpty() ? "" : "host: " + host + ", ", String.join(", ", paths));
  }

  private static String match(String path, String more, String service) {
    return """
        - matches: [{path: {type: PathPrefix, value: %s}%s}]
          backendRefs: [{group: "", kind: Service, name: %s, port: 80, weight: 1}]
        """
        .formatted(path, more, service);
  }

  private static ActionScope scope() {
    return Scopes.of();
  }

  private Step next(BlockRoute action) {
    return executor.next(action, scope()).toCompletableFuture().join();
  }

  /** What is left once the action holds the route. */
  private Step heldNext(BlockRoute action, Hold hold) {
    var holding = scope().with().holds(List.of(hold)).build();
    return executor.next(action, holding).toCompletableFuture().join();
  }

  private ObjectPatch effect(BlockRoute action) {
    return (ObjectPatch) next(action).effects().get(0);
  }

  private ObjectNode json(HasMetadata object) {
    return api.client().getKubernetesSerialization().convertValue(object, ObjectNode.class);
  }

  private HasMetadata patched(HasMetadata object, ObjectPatch patch) {
    var changed = JsonPatch.apply(patch.patch(), json(object));
    return api.client().getKubernetesSerialization().convertValue(changed, HasMetadata.class);
  }

  /** The route once the action's effect is there. */
  private HasMetadata blocked(BlockRoute action, HasMetadata object) {
    api.has(object);
    var blocked = patched(object, effect(action));
    api.has(blocked);
    return blocked;
  }

  // ---- Ingress

  private static String backends(JsonNode ingress) {
    var text = new StringBuilder();
    for (var rule : ingress.at("/spec/rules")) {
      for (var path : rule.at("/http/paths")) {
        text.append(
            "%s%s %s %s; "
                .formatted(
                    rule.path("host").asText(),
                    path.path("path").asText(),
                    path.path("pathType").asText(),
                    path.at("/backend/service/name").asText()));
      }
    }
    return text.toString().strip();
  }

  @Test
  void aPathThatIsThereGetsAnotherBackend() {
    // given
    var route =
        ingress("\n" + rule("a", path("/", "Prefix", "web"), path("/api", "Prefix", "api")));

    // when
    var blocked = blocked(action(INGRESS + "path: /api"), route);

    // then
    assertThat(backends(json(blocked)))
        .isEqualTo("a/ Prefix web; a/api Prefix backstep-responder;");
    assertThat(json(blocked).at("/spec/rules/0/http/paths/1/backend").toString())
        .isEqualTo(RESPONDER);
  }

  @Test
  void aPathThatIsNotThereIsAdded() {
    var route = ingress("\n" + rule("a", path("/", "Prefix", "web")));

    assertThat(backends(json(blocked(action(INGRESS + "path: /api"), route))))
        .isEqualTo("a/ Prefix web; a/api Prefix backstep-responder;");
  }

  /** The longest path wins: one below that kept its backend would still answer. */
  @Test
  void pathsBelowAreBlockedTooAndOthersAreNot() {
    // given
    var route =
        ingress(
            "\n"
                + rule(
                    "a",
                    path("/api/v1", "Prefix", "v1"),
                    path("/api/v2", "Exact", "v2"),
                    path("/api/v3", "ImplementationSpecific", "v3"),
                    path("/apis", "Prefix", "apis")));

    // then
    assertThat(backends(json(blocked(action(INGRESS + "path: /api/"), route))))
        .isEqualTo(
            "a/api/v1 Prefix backstep-responder; a/api/v2 Exact backstep-responder; a/api/v3"
                + " ImplementationSpecific backstep-responder; a/apis Prefix apis; a/api/ Prefix"
                + " backstep-responder;");
  }

  @Test
  void onlyTheExactPathIsBlocked() {
    var route =
        ingress("\n" + rule("a", path("/api", "Prefix", "api"), path("/api/x", "Exact", "x")));

    assertThat(backends(json(blocked(action(INGRESS + "path: /api, pathType: Exact"), route))))
        .isEqualTo("a/api Prefix api; a/api/x Exact x; a/api Exact backstep-responder;");
  }

  @Test
  void samePathsOfDifferentTypesAreToldApart() {
    var route =
        ingress("\n" + rule("a", path("/api", "Exact", "one"), path("/api", "Prefix", "all")));

    assertThat(backends(json(blocked(action(INGRESS + "path: /api"), route))))
        .isEqualTo("a/api Exact backstep-responder; a/api Prefix backstep-responder;");
    assertThat(backends(json(blocked(action(INGRESS + "path: /api, pathType: Exact"), route))))
        .isEqualTo("a/api Exact backstep-responder; a/api Prefix all;");
  }

  @Test
  void aHostIsBlockedAloneOrAllAre() {
    var rules =
        "\n"
            + rule("", path("/", "Prefix", "any"))
            + rule("a", path("/", "Prefix", "a"))
            + rule("b", path("/", "Prefix", "b"));

    assertThat(backends(json(blocked(action(INGRESS + "path: /, host: a"), ingress(rules)))))
        .isEqualTo("/ Prefix any; a/ Prefix backstep-responder; b/ Prefix b;");
    assertThat(backends(json(blocked(action(INGRESS + "path: /"), ingress(rules)))))
        .isEqualTo(
            "/ Prefix backstep-responder; a/ Prefix backstep-responder; b/ Prefix"
                + " backstep-responder;");
  }

  @Test
  void aRuleWithoutPathsGetsOne() {
    assertThat(backends(json(blocked(action(INGRESS + "path: /api"), ingress("[{host: a}]")))))
        .isEqualTo("a/api Prefix backstep-responder;");
  }

  @Test
  void itIsAHoldOfTheRouteAndDoneOnceItIsThere() {
    // given
    var action = action(INGRESS + "path: /api, host: a");
    api.has(ingress("\n" + rule("a", path("/api", "Prefix", "api"))));

    // when
    var effect = effect(action);

    // then
    assertThat(effect.summary()).isEqualTo("Ingress shop: 503 for a/api and below");
    assertThat(effect.takes().target()).isEqualTo("Ingress shop");
    assertThat(effect.takes().held()).isEqualTo("503 for a/api and below");
    assertThat(effect.precondition().version()).isEqualTo("7");

    api.has(patched(ingress("\n" + rule("a", path("/api", "Prefix", "api"))), effect));
    assertThat(heldNext(action, effect.takes()))
        .isEqualTo(Step.done("Ingress shop answers 503 for a/api and below."));
    assertThat(effect(action).summary())
        .as("it is so, and nobody holds it")
        .isEqualTo("Ingress shop: 503 for a/api and below, as it is already");
    assertThat(effect(action).edits()).isEmpty();
  }

  @Test
  void whatIsWrongWithAnIngressIsSaid() {
    var other = action(INGRESS + "path: /api, host: b");
    assertThat(reasons(other)).containsExactly("RouteAbsent");
    assertThat(next(other).work()).isInstanceOf(Work.Impossible.class);

    var twice = rule("a", path("/", "Prefix", "a")) + rule("a", path("/x", "Prefix", "a"));
    api.has(ingress("\n" + twice));
    assertThat(Scopes.now(executor.preflight(other, scope())))
        .containsExactly(
            new Problem("HostAbsent", "Ingress shop has no rule for host b. Correct the action."));
    assertThat(reasons(action(INGRESS + "path: /"))).containsExactly("HostTwice");
    assertThat(next(action(INGRESS + "path: /")).work())
        .isInstanceOfSatisfying(
            Work.Impossible.class, it -> assertThat(it.reason()).isEqualTo("HostTwice"));
  }

  private List<String> reasons(BlockRoute action) {
    return Scopes.now(executor.preflight(action, scope())).stream().map(Problem::reason).toList();
  }

  // ---- HTTPRoute

  private static final String WEB = "rules:\n" + match("/", "", "web") + match("/api", "", "api");

  private static String first(HasMetadata route, LoopbackApi api) {
    return api.client()
        .getKubernetesSerialization()
        .convertValue(route, ObjectNode.class)
        .at("/spec/rules/0")
        .toString();
  }

  @Test
  void aRuleBeforeAllOthersSendsTheRequestsElsewhere() {
    // when
    var blocked = blocked(action(HTTP_ROUTE + "path: /api"), httpRoute(WEB));

    // then
    var rules = json(blocked).at("/spec/rules");
    assertThat(rules).hasSize(3);
    assertThat(rules.get(0).path("matches").toString())
        .isEqualTo("[{\"path\":{\"type\":\"PathPrefix\",\"value\":\"/api\"}}]");
    assertThat(rules.at("/0/backendRefs/0/name").asText()).isEqualTo("backstep-responder");
    assertThat(rules.at("/0/filters/0/requestHeaderModifier/set/0/value").asText())
        .isEqualTo("bs-run-1/back");
    assertThat(rules.at("/1/backendRefs/0/name").asText()).isEqualTo("web");
  }

  /** A match that is more specific would win over the rule, so the rule has it as well. */
  @Test
  void moreSpecificMatchesOfOtherRulesAreCovered() {
    // given
    var headers = ", headers: [{type: Exact, name: x, value: y}]";
    var spec =
        "rules:\n"
            + match("/api/v1", "", "v1")
            + match("/api", headers, "x")
            + match("/other", "", "o")
            + match("/api", ", method: DELETE", "d");

    // then
    assertThat(matches(blocked(action(HTTP_ROUTE + "path: /api, method: POST"), httpRoute(spec))))
        .containsExactly(
            "PathPrefix /api POST 0", "PathPrefix /api/v1 POST 0", "PathPrefix /api POST 1");
    assertThat(matches(blocked(action(HTTP_ROUTE + "path: /api"), httpRoute(spec))))
        .containsExactly(
            "PathPrefix /api  0",
            "PathPrefix /api/v1  0",
            "PathPrefix /api  1",
            "PathPrefix /api DELETE 0");
    assertThat(
            matches(
                blocked(
                    action(HTTP_ROUTE + "path: /a.*, pathType: RegularExpression"),
                    httpRoute(spec))))
        .containsExactly("RegularExpression /a.*  0");
  }

  private List<String> matches(HasMetadata route) {
    var all = new ArrayList<String>();
    json(route)
        .at("/spec/rules/0/matches")
        .forEach(
            match ->
                all.add(
                    "%s %s %s %d"
                        .formatted(
                            match.at("/path/type").asText(),
                            match.at("/path/value").asText(),
                            match.path("method").asText(),
                            match.path("headers").size())));
    return all;
  }

  @Test
  void theBodyGoesToTheResponderInAHeader() {
    // given
    var action = action(HTTP_ROUTE + "path: /api, body: '{\"later\": \"süß\",\n \"a\": 1}'");
    api.has(httpRoute(WEB));
    assertThat(reasons(action)).containsExactly("ResponderMissing");
    responder(true);

    // then
    assertThat(reasons(action)).isEmpty();
    assertThat(first(blocked(action, httpRoute(WEB)), api))
        .contains(
            "{\"name\":\"Backstep-Answer\",\"value\":\"{\\\"later\\\":\\\"s\\\\u00FC\\\\u00DF\\\",\\\"a\\\":1}\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'{'", "'{} {}'", "'later'"})
  void aBodyIsJson(String body) {
    responder(true);
    api.has(httpRoute(WEB));

    assertThat(reasons(action(HTTP_ROUTE + "path: /api, body: '%s'".formatted(body))))
        .containsExactly("BodyInvalid");
  }

  @Test
  void aRuleIsForAllHostsOfItsRoute() {
    api.has(httpRoute("hostnames: [a, b]\n" + WEB));
    assertThat(reasons(action(HTTP_ROUTE + "path: /, host: a"))).containsExactly("HostNotAlone");
    assertThat(reasons(action(HTTP_ROUTE + "path: /"))).isEmpty();

    api.has(httpRoute("hostnames: [a]\n" + WEB));
    assertThat(reasons(action(HTTP_ROUTE + "path: /, host: a"))).isEmpty();
  }

  @Test
  void aRouteHasSixteenRulesAtMost() {
    api.has(httpRoute("rules:\n" + match("/a", "", "web").repeat(16)));

    assertThat(reasons(action(HTTP_ROUTE + "path: /"))).containsExactly("RouteFull");
  }

  private static final String STATUS =
      """
      status:
        parents:
        - controllerName: example.com/gateway
          conditions:
          - {type: ResolvedRefs, status: "%s", observedGeneration: %d, reason: BackendNotFound, message: none}
      """;

  @ParameterizedTest
  @CsvSource({"True,2,Rolling", "True,3,Observed", "False,3,Stuck", "False,2,Rolling"})
  void itIsThereOnceEveryControllerHasTakenIt(String status, int generation, String work) {
    // given
    var action = action(HTTP_ROUTE + "path: /api");
    api.has(httpRoute(WEB));
    var hold = effect(action).takes();
    var blocked = json(blocked(action, httpRoute(WEB)));
    blocked.setAll(SERIALIZATION.unmarshal(STATUS.formatted(status, generation), ObjectNode.class));
    api.has(api.client().getKubernetesSerialization().convertValue(blocked, HasMetadata.class));

    // then
    assertThat(heldNext(action, hold).work().getClass().getSimpleName()).isEqualTo(work);
  }

  // ---- both

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void theRouteIsPutBackExactly(boolean gateway) {
    // given
    var route =
        gateway
            ? httpRoute(WEB)
            : ingress("\n" + rule("a", path("/", "Prefix", "web"), path("/api/x", "Prefix", "x")));
    var action = action((gateway ? HTTP_ROUTE : INGRESS) + "path: /api");
    api.has(route);
    var effect = effect(action);
    var blocked = patched(route, effect);
    api.has(blocked);

    // when
    var back = reversed(effect);

    // then
    var after = json(patched(blocked, (ObjectPatch) back.effects().get(0)));
    assertThat(Json.MAPPER.convertValue(after.get("spec"), JsonNode.class))
        .isEqualTo(json(route).get("spec"));
  }

  private Step reversed(ObjectPatch effect) {
    var client = api.client();
    var patches =
        new ObjectPatches(
            client,
            new Impersonation(client),
            Workloads.of(),
            new PatchReversals(client, Clock.systemUTC(), new LooksHere()),
            new Differences(client),
            new Editors(),
            new ConfigMaps(client, new LeapingClock()));
    var mark = new Mark("bs-run-1", "back", Intent.Verb.Apply, 1, 0);
    var effectors = new Effectors(List.of(patches));
    return effectors
        .of(effect)
        .reverse(
            List.of(new Sent<>(effect, mark, new Outcome.Applied("8"))),
            List.of(),
            new Author("shop", "runner"))
        .toCompletableFuture()
        .join();
  }

  /** Somebody who adds a rule or a path meanwhile keeps it. */
  @Test
  void whatOthersAddMeanwhileStays() {
    // given
    var action = action(HTTP_ROUTE + "path: /api");
    api.has(httpRoute(WEB));
    var effect = effect(action);
    var blocked = json(patched(httpRoute(WEB), effect));
    var rules = (ArrayNode) blocked.at("/spec/rules");
    rules.insert(0, rules.get(2).deepCopy());
    var changed =
        api.client().getKubernetesSerialization().convertValue(blocked, HasMetadata.class);
    api.has(changed);

    // when
    var after = json(patched(changed, (ObjectPatch) reversed(effect).effects().get(0)));

    // then
    assertThat(after.at("/spec/rules")).hasSize(3);
    assertThat(after.toString()).doesNotContain("backstep-responder");
  }

  @Test
  void withoutAServiceToGoToNothingIsDone() {
    api.lose(
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace("shop")
            .withName("backstep-responder")
            .endMetadata()
            .build());
    api.has(ingress("\n" + rule("a", path("/api", "Prefix", "api"))));
    var action = action(INGRESS + "path: /api");

    assertThat(Scopes.now(executor.preflight(action, scope())))
        .containsExactly(
            new Problem(
                "ResponderMissing",
                "There is no Service backstep-responder with port 80 in namespace shop, which requests to a blocked path go to. List the namespace in the Helm value responder.namespaces, or make one that nobody is behind: kubectl -n shop create service clusterip backstep-responder --tcp=80."));
    assertThat(next(action).work()).isInstanceOf(Work.Impossible.class);
  }

  @Test
  void itIsAHoldAndPatchesItsRoute() {
    assertThat(executor.traits(action(INGRESS + "path: /"))).isEqualTo(Traits.HOLD);
    assertThat(executor.rights(action(INGRESS + "path: /"), scope()))
        .extracting(right -> right.verb() + " " + right.resource() + "." + right.group())
        .containsExactly("patch ingresses.networking.k8s.io");
    assertThat(executor.rights(action(HTTP_ROUTE + "path: /"), scope()))
        .extracting(right -> right.verb() + " " + right.resource() + "." + right.group())
        .containsExactly("patch httproutes.gateway.networking.k8s.io");
  }
}
