package dev.backstep.action.blockroute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.api.v1alpha1.action.BlockRoute.PathType;
import dev.backstep.effect.Work;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * HTTPRoutes of the Gateway API: one more rule, before all others. The most specific match wins,
 * and of equal ones the first; so the rule also has every match of the others that is more specific
 * than its own.
 */
@ApplicationScoped
public class HttpRoutes implements Routes {
  private static final Place RULES = Place.at("/spec/rules");

  /** Where the rule says whose it is: by that it is found again. */
  private static final String MARK = "filters/0/requestHeaderModifier/set/0/value";

  /** The responder sends what this header says. */
  private static final String ANSWER = "Backstep-Answer";

  private static final String BLOCKED_BY = "Backstep-Blocked-By";
  private static final String PREFIX = "PathPrefix";
  private static final int MOST_RULES = 16;
  private static final int MOST_MATCHES = 64;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  private static final Map<PathType, String> TYPES =
      Map.of(
          PathType.Exact, "Exact",
          PathType.Prefix, PREFIX,
          PathType.RegularExpression, "RegularExpression");

  @Override
  public BlockRoute.Kind kind() {
    return BlockRoute.Kind.HTTPRoute;
  }

  @Override
  public String group() {
    return "gateway.networking.k8s.io";
  }

  @Override
  public String resource() {
    return "httproutes";
  }

  @Override
  public List<Problem> problems(BlockRoute action, JsonNode route) {
    var problems = new ArrayList<Problem>();
    var hosts = new ArrayList<String>();
    route.at("/spec/hostnames").forEach(host -> hosts.add(host.asText()));
    if (action.host() != null && !hosts.equals(List.of(action.host()))) {
      problems.add(
          new Problem(
              "HostNotAlone",
              "%s is for the hosts %s, and each of its rules is for all of them. Leave host out of the action, or make a route of its own for %s."
                  .formatted(action.routeRef(), hosts, action.host())));
    }
    if (route.at("/spec/rules").size() >= MOST_RULES
        || matches(action, route).size() > MOST_MATCHES) {
      problems.add(
          new Problem(
              "RouteFull",
              "%s has no room for one more rule: %d rules are possible, with %d matches each. Split it."
                  .formatted(action.routeRef(), MOST_RULES, MOST_MATCHES)));
    }
    return problems;
  }

  @Override
  public boolean block(BlockRoute action, ActionScope scope, ObjectNode route, PatchBuilder patch) {
    var mark = "%s/%s".formatted(scope.claim(), scope.action());
    var place = RULES.element(MARK, mark);
    if (!place.in(route).isMissingNode()) {
      return false;
    }
    patch.insertFirst(place, route, rule(action, mark, route));
    return true;
  }

  /** With everything that the API server would fill in: it is compared with what comes back. */
  private static ObjectNode rule(BlockRoute action, String mark, JsonNode route) {
    var rule = JsonNodeFactory.instance.objectNode();
    rule.set("matches", matches(action, route));
    var filter = rule.putArray("filters").addObject().put("type", "RequestHeaderModifier");
    var set = filter.putObject("requestHeaderModifier").putArray("set");
    set.addObject().put("name", BLOCKED_BY).put("value", mark);
    if (action.body() != null) {
      var body = Responder.header(action.body()).orElseThrow();
      set.addObject().put("name", ANSWER).put("value", body);
    }
    rule.putArray("backendRefs")
        .addObject()
        .put("group", "")
        .put("kind", "Service")
        .put("name", Responder.NAME)
        .put("port", Responder.PORT)
        .put("weight", 1);
    return rule;
  }

  /** The action's own match, and those of other rules that would win over it. */
  private static ArrayNode matches(BlockRoute action, JsonNode route) {
    var matches = JsonNodeFactory.instance.arrayNode();
    var own = matches.addObject();
    own.putObject("path").put("type", TYPES.get(action.pathType())).put("value", action.path());
    withMethod(action, own);
    for (var rule : route.at("/spec/rules")) {
      for (var match : rule.path("matches")) {
        var copy = withMethod(action, match.deepCopy());
        if (!blocks(rule) && overlaps(action, match) && !contains(matches, copy)) {
          matches.add(copy);
        }
      }
    }
    return matches;
  }

  /** True for a rule of another hold: what it covers is another's. */
  private static boolean blocks(JsonNode rule) {
    return Responder.NAME.equals(rule.at("/backendRefs/0/name").asText());
  }

  private static boolean contains(ArrayNode matches, JsonNode match) {
    return StreamSupport.stream(matches.spliterator(), false).anyMatch(match::equals);
  }

  private static boolean overlaps(BlockRoute action, JsonNode match) {
    var type = match.at("/path/type").asText(PREFIX);
    var method = match.path("method").asText("");
    return !type.equals("RegularExpression")
        && (action.method() == null || method.isEmpty() || method.equals(action.method().name()))
        && Requests.of(action).cover(type.equals("Exact"), match.at("/path/value").asText("/"));
  }

  private static JsonNode withMethod(BlockRoute action, JsonNode match) {
    return action.method() == null
        ? match
        : ((ObjectNode) match).put("method", action.method().name());
  }

  /** Every controller that the route belongs to says which generation of it is in force. */
  @Override
  public Work taken(BlockRoute action, JsonNode route) {
    var generation = route.at("/metadata/generation").asLong();
    for (var parent : route.at("/status/parents")) {
      var controller = parent.path("controllerName").asText();
      for (var condition : parent.path("conditions")) {
        if (condition.path("observedGeneration").asLong() < generation) {
          return new Work.Rolling(
              "%s: %s has not taken the change yet.".formatted(action.routeRef(), controller),
              LOOK_AGAIN);
        }
        if ("False".equals(condition.path("status").asText())) {
          return new Work.Stuck(
              "%s: %s says %s: %s"
                  .formatted(
                      action.routeRef(),
                      controller,
                      condition.path("reason").asText(),
                      condition.path("message").asText()));
        }
      }
    }
    return new Work.Observed(
        "%s answers 503 for %s.".formatted(action.routeRef(), Requests.shown(action)));
  }
}
