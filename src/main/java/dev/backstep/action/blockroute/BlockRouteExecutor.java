package dev.backstep.action.blockroute;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.object.ObjectRef;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Has a path answer 503, by sending its requests to another Service, until it is given back. */
@ApplicationScoped
public class BlockRouteExecutor implements ActionExecutor<BlockRoute> {
  private final KubernetesClient client;
  private final Responder responder;
  private final Map<BlockRoute.Kind, Routes> kinds;

  public BlockRouteExecutor(KubernetesClient client, Responder responder, @All List<Routes> kinds) {
    this.client = client;
    this.responder = responder;
    this.kinds = kinds.stream().collect(Collectors.toMap(Routes::kind, Function.identity()));
  }

  @Override
  public Class<BlockRoute> type() {
    return BlockRoute.class;
  }

  @Override
  public Traits traits(BlockRoute action) {
    return Traits.HOLD;
  }

  @Override
  public List<Right> rights(BlockRoute action, ActionScope scope) {
    var routes = kinds.get(action.routeRef().kind());
    return List.of(
        new Right("patch", routes.group(), routes.resource(), List.of(action.routeRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(BlockRoute action, ActionScope scope) {
    return CompletableFuture.completedStage(
        ref(action, scope)
            .find(client)
            .map(route -> problems(action, route, scope))
            .orElseGet(() -> List.of(absent(action, scope))));
  }

  private List<Problem> problems(BlockRoute action, HasMetadata route, ActionScope scope) {
    return Stream.concat(
            kinds.get(action.routeRef().kind()).problems(action, json(route)).stream(),
            responder.problem(action, scope).stream())
        .toList();
  }

  private static Problem absent(BlockRoute action, ActionScope scope) {
    return new Problem(
        "RouteAbsent",
        "%s does not exist in namespace %s. Create it, or correct action %s."
            .formatted(action.routeRef(), scope.namespace(), scope.action()));
  }

  private ObjectRef ref(BlockRoute action, ActionScope scope) {
    var kind = action.routeRef().kind();
    return new ObjectRef(
        "%s/v1".formatted(kinds.get(kind).group()),
        kind.name(),
        scope.namespace(),
        action.routeRef().name());
  }

  @Override
  public CompletionStage<Step> next(BlockRoute action, ActionScope scope) {
    return ref(action, scope)
        .find(client)
        .map(route -> left(action, route, scope))
        .orElseGet(() -> impossible(absent(action, scope)))
        .now();
  }

  /** The hold is taken even where it is as wanted: nobody else may change it then. */
  private Step left(BlockRoute action, HasMetadata route, ActionScope scope) {
    var routes = kinds.get(action.routeRef().kind());
    var target = new Target(action.routeRef().kind().name(), action.routeRef().name());
    var json = json(route);
    var patch = PatchBuilder.of(route);
    var open = routes.block(action, scope, json, patch);
    if (!open && scope.held(target).isPresent()) {
      return Step.of(routes.taken(action, json));
    }
    var problems = problems(action, route, scope);
    if (!problems.isEmpty()) {
      return impossible(problems.get(0));
    }
    var blocked = "503 for %s".formatted(Requests.shown(action));
    return Step.todo(
        List.of(
            patch
                .taking(scope.holds(target, open ? "answers" : "", blocked))
                .build("%s: %s%s".formatted(target, blocked, open ? "" : ", as it is already"))));
  }

  private static Step impossible(Problem problem) {
    return Step.impossible(problem.reason(), problem.message());
  }

  private ObjectNode json(HasMetadata route) {
    return client.getKubernetesSerialization().convertValue(route, ObjectNode.class);
  }
}
