package dev.backstep.means.pausescaledobjects;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.sync.PauseScaledObjects;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.means.OffValue;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.object.Place;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * ScaledObjects that are paused at zero replicas, so that KEDA keeps what it scales there. What
 * number comes back afterwards is KEDA's business.
 */
@ApplicationScoped
public class PauseScaledObjectsExecutor implements ActionExecutor<PauseScaledObjects> {
  private static final OffValue PAUSED =
      new OffValue(
          Place.at(PatchBuilder.annotation(ScaledObjects.PAUSED_REPLICAS)),
          TextNode.valueOf("0"),
          "paused at 0 replicas",
          "not paused there");

  /** They are not watched. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final ScaledObjects objects;

  public PauseScaledObjectsExecutor(ScaledObjects objects) {
    this.objects = objects;
  }

  @Override
  public Class<PauseScaledObjects> type() {
    return PauseScaledObjects.class;
  }

  @Override
  public Traits traits(PauseScaledObjects means) {
    return Traits.HOLD;
  }

  @Override
  public List<Right> rights(PauseScaledObjects means, ActionScope scope) {
    return List.of(new Right("patch", ScaledObjects.GROUP, ScaledObjects.RESOURCE, means.names()));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(PauseScaledObjects means, ActionScope scope) {
    return CompletableFuture.completedStage(
        means.names().stream()
            .flatMap(name -> problem(name, objects.find(name, scope), scope).stream())
            .toList());
  }

  private Optional<Problem> problem(String name, Optional<ScaledObject> object, ActionScope scope) {
    return object
        .map(it -> objects.problem(it, scope))
        .orElseGet(() -> Optional.of(objects.absent(name, scope)));
  }

  @Override
  public CompletionStage<Step> next(PauseScaledObjects means, ActionScope scope) {
    var found = new ArrayList<ScaledObject>();
    for (var name : means.names()) {
      var object = objects.find(name, scope);
      var held = scope.held(ScaledObject.target(name)).isPresent();
      var problem = held ? Optional.<Problem>empty() : problem(name, object, scope);
      if (problem.isPresent()) {
        return Step.impossible(problem.get().reason(), problem.get().message()).now();
      }
      object.ifPresent(found::add);
    }
    var changes = found.stream().flatMap(object -> change(object, scope)).toList();
    return (changes.isEmpty() ? Step.of(left(found)) : Step.todo(changes)).now();
  }

  private static Stream<ObjectPatch> change(ScaledObject object, ActionScope scope) {
    return PAUSED.change(object.object(), object.json(), scope).stream();
  }

  private static Work left(List<ScaledObject> found) {
    return found.stream()
        .flatMap(object -> object.left().stream())
        .findFirst()
        .<Work>map(left -> new Work.Rolling(left, LOOK_AGAIN))
        .orElseGet(
            () ->
                new Work.Observed(
                    "KEDA keeps what %d ScaledObjects scale at 0 replicas."
                        .formatted(found.size())));
  }
}
