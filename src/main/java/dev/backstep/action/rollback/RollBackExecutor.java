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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
  private final Pulls pulls;
  private final PodTemplates templates;

  public RollBackExecutor(
      WorkloadTargets targets,
      Destinations destinations,
      ConfigMapStep configMaps,
      StuckPods stuckPods,
      SchemaGuard guard,
      Pulls pulls,
      PodTemplates templates) {
    this.targets = targets;
    this.destinations = destinations;
    this.configMaps = configMaps;
    this.stuckPods = stuckPods;
    this.guard = guard;
    this.pulls = pulls;
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
        problems.isEmpty() ? elsewhere(action, scope) : problems);
  }

  /** What is wrong with where it goes. */
  private List<Problem> elsewhere(RollBack action, ActionScope scope) {
    var problems = destinations.problems(action, scope);
    return problems.isEmpty()
        ? pulls.problems(action, () -> destinations.of(action, scope), scope)
        : problems;
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
    var step =
        goingOn(action, destination, scope)
            .orElseGet(() -> looked(action, destination, configMaps.now(scope), scope));
    return step.work() instanceof Work.Rolling ? stuckPods.orElse(step, action, scope) : step;
  }

  /** While its pods are replaced, nobody is asked for the ConfigMaps. */
  private Optional<Step> goingOn(RollBack action, Destination destination, ActionScope scope) {
    return targets.rollOutGoesOn(scope, action.workloads())
        ? Optional.of(ofWorkloads(action, destination, ref -> Optional.empty(), scope))
            .filter(step -> step.work() instanceof Work.Rolling)
        : Optional.empty();
  }

  private Step looked(
      RollBack action, Destination destination, ConfigMapsNow now, ActionScope scope) {
    return ConfigMapStep.step(destination, action, now)
        .orElseGet(
            () ->
                ofWorkloads(
                    action,
                    destination,
                    ref -> ConfigMapStep.changedFor(ref, destination, action, now),
                    scope));
  }

  /**
   * What is left of the workloads.
   *
   * @param changed when this action changed what a workload reads; empty: it did not
   */
  private Step ofWorkloads(
      RollBack action,
      Destination destination,
      Function<WorkloadRef, Optional<Instant>> changed,
      ActionScope scope) {
    return targets.step(
        scope,
        action.workloads(),
        workload -> change(workload, destination, changed.apply(workload.ref())));
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
        ofWorkloads(
            action,
            destination,
            ref -> ConfigMapStep.changedFor(ref, destination, action, now),
            scope);
    return maps.effects().isEmpty()
        ? step
        : Step.todo(
            Stream.<Effect>concat(maps.effects().stream(), step.effects().stream()).toList());
  }

  private Optional<ObjectPatch> change(
      Workload workload, Destination destination, Optional<Instant> changed) {
    var live = templates.json(workload.template());
    var wanted = destination.template(workload, live);
    // Running pods do not read other ConfigMaps by themselves.
    var restart = changed.filter(time -> !workload.restartedSince(time));
    return PodTemplates.same(live, wanted)
        ? restart.map(time -> restart(workload, time))
        : Optional.of(change(workload, live, wanted, restart));
  }

  /** Its pods are replaced anyway: the stamp says that these have read their ConfigMaps. */
  private ObjectPatch change(
      Workload workload, ObjectNode live, ObjectNode wanted, Optional<Instant> restart) {
    var stamped =
        restart
            .filter(time -> workload.restart(templates, time).changesTemplate())
            .map(time -> PodTemplates.restarted(wanted, time))
            .orElse(wanted);
    return PatchBuilder.of(workload.object())
        .set(PodTemplates.POINTER, live, stamped)
        .build(
            "%s: %s -> %s"
                .formatted(
                    workload.ref(),
                    PodTemplates.images(workload.template()),
                    PodTemplates.images(templates.parse(wanted))));
  }

  /** Once its ConfigMaps are put back, it has to read them again. */
  private ObjectPatch restart(Workload workload, Instant time) {
    var summary = "%s: restart, so that it reads its ConfigMaps".formatted(workload.ref());
    return targets.restart(workload, time, Inverse.AGAIN, summary);
  }
}
