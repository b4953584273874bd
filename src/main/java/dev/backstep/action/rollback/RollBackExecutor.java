package dev.backstep.action.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.action.RollBack.OnSchemaChange;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Effect;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Puts an earlier pod template back, whole: a merge would keep what somebody added since. In three
 * steps, each only where something is left of it: the ConfigMaps, so that new pods read the right
 * ones; the templates; StatefulSet pods that keep the old revision from being replaced.
 */
@ApplicationScoped
public class RollBackExecutor implements ActionExecutor<RollBack> {
  private final WorkloadTargets targets;
  private final Destinations destinations;
  private final ConfigMapStep configMaps;
  private final StuckPods stuckPods;
  private final SchemaGuard guard;
  private final PodTemplates templates;

  public RollBackExecutor(
      WorkloadTargets targets,
      Destinations destinations,
      ConfigMapStep configMaps,
      StuckPods stuckPods,
      SchemaGuard guard,
      PodTemplates templates) {
    this.targets = targets;
    this.destinations = destinations;
    this.configMaps = configMaps;
    this.stuckPods = stuckPods;
    this.guard = guard;
    this.templates = templates;
  }

  @Override
  public Class<RollBack> type() {
    return RollBack.class;
  }

  @Override
  public List<WorkloadRef> targets(RollBack action) {
    return action.workloads();
  }

  @Override
  public List<Right> rights(RollBack action, ActionScope scope) {
    var rights = new ArrayList<>(targets.patchRights(action.workloads()));
    if (!targets.waitingForBrokenPods(action.workloads()).isEmpty()) {
      // Pod names are known only when a pod is stuck, so the right must not be bound to names.
      rights.add(new Right("delete", "", "pods", List.of()));
    }
    if (action.to().lastStable() != null && action.onSchemaChange() != OnSchemaChange.Ignore) {
      scope
          .facts()
          .schema()
          .map(schema -> schema.databaseRef().name())
          .map(List::of)
          .ifPresent(secret -> rights.add(new Right("get", "", "secrets", secret)));
    }
    var read = ConfigMapStep.names(destinations.of(action, scope), action);
    if (!read.isEmpty()) {
      rights.add(new Right("patch", "", "configmaps", read));
    }
    return rights;
  }

  @Override
  public CompletionStage<List<String>> pins(RollBack action, ActionScope scope) {
    return CompletableFuture.completedStage(destinations.pins(action, scope));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(RollBack action, ActionScope scope) {
    var problems = targets.problems(scope, action.workloads(), Workload::notRolledOut);
    return CompletableFuture.completedStage(
        problems.isEmpty() ? destinations.problems(action, scope) : problems);
  }

  @Override
  public Optional<JsonNode> atStart(RollBack action, ActionScope scope) {
    return destinations.atStart(action, scope);
  }

  @Override
  public CompletionStage<Step> next(RollBack action, ActionScope scope) {
    var destination = destinations.of(action, scope);
    return guard.look(left(action, destination, scope), action, destination, scope);
  }

  private Step left(RollBack action, Destination destination, ActionScope scope) {
    if (destination.problem() != null) {
      return Step.impossible(destination.problem().reason(), destination.problem().message());
    }
    var now = configMaps.now(scope);
    var first = ConfigMapStep.step(destination, action, now);
    if (first.isPresent()) {
      return first.get();
    }
    var step =
        targets.step(
            scope, action.workloads(), workload -> change(workload, destination, now, scope));
    return step.work() instanceof Work.Rolling ? stuckPods.orElse(step, action, scope) : step;
  }

  /** Both at once: the ConfigMaps and the templates. */
  @Override
  public CompletionStage<Step> preview(RollBack action, ActionScope scope) {
    var destination = destinations.of(action, scope);
    return guard.look(everything(action, destination, scope), action, destination, scope);
  }

  private Step everything(RollBack action, Destination destination, ActionScope scope) {
    if (destination.problem() != null) {
      return Step.impossible(destination.problem().reason(), destination.problem().message());
    }
    var now = configMaps.now(scope);
    var maps = ConfigMapStep.step(destination, action, now).orElseGet(() -> Step.done(""));
    var step =
        targets.step(
            scope, action.workloads(), workload -> change(workload, destination, now, scope));
    return maps.effects().isEmpty()
        ? step
        : Step.todo(
            Stream.<Effect>concat(maps.effects().stream(), step.effects().stream()).toList());
  }

  private Optional<ObjectPatch> change(
      Workload workload, Destination destination, ConfigMapsNow now, ActionScope scope) {
    var live = templates.json(workload.template());
    var wanted = destination.template(workload, live);
    if (PodTemplates.same(live, wanted)) {
      // Same template, other ConfigMaps: running pods do not read them again by themselves.
      return !workload.restartedSince(scope.since())
              && ConfigMapStep.changedFor(workload.ref(), destination, now)
          ? Optional.of(restart(workload, live, scope))
          : Optional.empty();
    }
    return Optional.of(
        PatchBuilder.of(workload.object())
            .set(PodTemplates.POINTER, live, wanted)
            .build(
                "%s: %s -> %s"
                    .formatted(
                        workload.ref(),
                        PodTemplates.images(workload.template()),
                        PodTemplates.images(templates.parse(wanted)))));
  }

  /**
   * As a whole template where that is what it makes: so it comes back, whoever restarts it later.
   */
  private ObjectPatch restart(Workload workload, ObjectNode live, ActionScope scope) {
    var summary = workload.ref() + ": restart, so that it reads its ConfigMaps";
    return workload.restart(templates, scope.since()).changesTemplate()
        ? PatchBuilder.of(workload.object())
            .set(PodTemplates.POINTER, live, PodTemplates.restarted(live, scope.since()))
            .build(summary)
        : targets.restart(workload, scope.since(), Inverse.BACK, summary);
  }
}
