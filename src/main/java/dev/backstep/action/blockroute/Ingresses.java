package dev.backstep.action.blockroute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Ingresses: in each rule for the host, every path that is among the requests gets another backend,
 * because the longest one wins; where the action's own path is not there, it is added.
 */
@ApplicationScoped
public class Ingresses implements Routes {
  private static final Place RULES = Place.at("/spec/rules");
  private static final String EXACT = "Exact";

  @Override
  public BlockRoute.Kind kind() {
    return BlockRoute.Kind.Ingress;
  }

  @Override
  public String group() {
    return "networking.k8s.io";
  }

  @Override
  public String resource() {
    return "ingresses";
  }

  @Override
  public List<Problem> problems(BlockRoute action, JsonNode route) {
    var rules = rules(action, route);
    if (rules.isEmpty()) {
      return List.of(
          new Problem(
              "HostAbsent",
              "%s has no rule%s. Correct the action."
                  .formatted(
                      action.routeRef(),
                      action.host() == null ? "" : " for host %s".formatted(action.host()))));
    }
    return rules.stream()
        .collect(Collectors.groupingBy(Ingresses::host, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue() > 1)
        .map(
            entry ->
                new Problem(
                    "HostTwice",
                    "%s has host %s in two rules. Put its paths into one."
                        .formatted(action.routeRef(), entry.getKey())))
        .toList();
  }

  private static List<JsonNode> rules(BlockRoute action, JsonNode route) {
    return elements(route.at("/spec/rules")).stream()
        .filter(rule -> action.host() == null || action.host().equals(host(rule)))
        .toList();
  }

  private static List<JsonNode> elements(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  /** A rule without one is for every host that no other rule names. */
  private static String host(JsonNode rule) {
    return rule.path("host").asText();
  }

  @Override
  public boolean block(BlockRoute action, ActionScope scope, ObjectNode route, PatchBuilder patch) {
    var changes = new ArrayList<Boolean>();
    for (var rule : rules(action, route)) {
      var paths = RULES.element("host", host(rule)).member("http").member("paths");
      changes.add(block(action, rule, paths, route, patch));
    }
    return changes.contains(true);
  }

  private static boolean block(
      BlockRoute action, JsonNode rule, Place paths, ObjectNode route, PatchBuilder patch) {
    var requests = Requests.of(action);
    var covered =
        elements(rule.at("/http/paths")).stream()
            .filter(it -> requests.cover(isExact(it), it.path("path").asText()))
            .toList();
    var open = covered.stream().filter(it -> !it.path("backend").equals(backend())).toList();
    open.forEach(
        path -> patch.set(place(paths, path).member("backend"), route, backend(), Inverse.BACK));
    if (hasOwn(action, covered)) {
      return !open.isEmpty();
    }
    var own = own(action);
    patch.set(place(paths, own), route, own, Inverse.BACK);
    return true;
  }

  private static boolean isExact(JsonNode path) {
    return EXACT.equals(path.path("pathType").asText());
  }

  /** True when one of the paths is the action's own; one that is exact has nothing below it. */
  private static boolean hasOwn(BlockRoute action, Collection<JsonNode> covered) {
    var exact = action.pathType() == BlockRoute.PathType.Exact;
    return covered.stream()
        .anyMatch(it -> it.path("path").asText().equals(action.path()) && isExact(it) == exact);
  }

  private static Place place(Place paths, JsonNode path) {
    return paths
        .element("path", path.path("path").asText())
        .and("pathType", path.path("pathType").asText());
  }

  private static ObjectNode own(BlockRoute action) {
    ObjectNode own = JsonNodeFactory.instance.objectNode();
    own.put("path", action.path()).put("pathType", action.pathType().name());
    own.set("backend", backend());
    return own;
  }

  private static JsonNode backend() {
    var backend = JsonNodeFactory.instance.objectNode();
    backend
        .putObject("service")
        .put("name", Responder.NAME)
        .putObject("port")
        .put("number", Responder.PORT);
    return backend;
  }

  /** Its controller takes it within moments, and does not say so. */
  @Override
  public Work taken(BlockRoute action, JsonNode route) {
    return new Work.Observed(
        "%s answers 503 for %s.".formatted(action.routeRef(), Requests.shown(action)));
  }
}
