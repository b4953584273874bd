package dev.backstep.rollbackplan;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Annotations;
import dev.backstep.config.BackstepConfig;
import dev.backstep.gate.Probes;
import dev.backstep.problem.Problem;
import dev.backstep.resource.PerObjectState;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks everything that can be known before it is tried. */
@ApplicationScoped
public class Preflight implements PerObjectState {
  private final Actions actions;
  private final Probes probes;
  private final Access access;
  private final BackstepConfig config;
  private final Map<String, Checked> idle = new ConcurrentHashMap<>();
  private final Map<String, Written> written = new ConcurrentHashMap<>();

  public Preflight(Actions actions, Probes probes, Access access, BackstepConfig config) {
    this.actions = actions;
    this.probes = probes;
    this.access = access;
    this.config = config;
  }

  private record Written(Long generation, List<String> wrong) {}

  private record Checked(
      Long generation, String worldVersion, Instant at, Map<String, List<Problem>> problems) {}

  /** What is wrong with the plan as it is written, each with its place; found once per edit. */
  List<String> invalid(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    var cached = written.get(metadata.getUid());
    if (cached == null || !cached.generation().equals(metadata.getGeneration())) {
      cached = new Written(metadata.getGeneration(), invalid(plan.getSpec()));
      written.put(metadata.getUid(), cached);
    }
    return cached.wrong();
  }

  private List<String> invalid(RollbackPlanSpec plan) {
    var gates =
        plan.gates().stream()
            .flatMap(
                gate ->
                    probes.invalid(gate).stream()
                        .map(wrong -> "spec.gates, gate " + gate.name() + ": " + wrong));
    var kept =
        plan.allActions()
            .filter(action -> action.holdUntil() == Action.HoldUntil.LevelActed)
            .filter(action -> !actions.traits(action).hold())
            .map(
                action ->
                    "spec.levels, action %s: holdUntil is for actions that keep something off"
                        .formatted(action.name()));
    return Stream.of(gates, kept, PlanRules.broken(plan).stream()).flatMap(it -> it).toList();
  }

  /** Problems of every level while no run is open; checked again after the configured interval. */
  Map<String, List<Problem>> whileIdle(
      RollbackPlan plan, Instant now, Function<Action, ActionScope> scopes) {
    var uid = plan.getMetadata().getUid();
    var world = stableNames(plan) + " " + Annotations.of(plan).get(Annotations.REQUESTED_AT);
    var cached = idle.get(uid);
    var fresh =
        cached != null
            && cached.generation().equals(plan.getMetadata().getGeneration())
            && cached.worldVersion().equals(world)
            && now.isBefore(cached.at().plus(config.preflight().interval()));
    if (!fresh) {
      cached =
          new Checked(
              plan.getMetadata().getGeneration(),
              world,
              now,
              ofAll(plan, Arguments.resolve(plan.getSpec(), null), scopes));
      idle.put(uid, cached);
    }
    return cached.problems();
  }

  private static String stableNames(RollbackPlan plan) {
    return PlanView.statusOf(plan).stable().stream()
        .map(revision -> revision.name())
        .collect(Collectors.joining(","));
  }

  @Override
  public void forget(String uid) {
    idle.remove(uid);
    written.remove(uid);
  }

  private Map<String, List<Problem>> ofAll(
      RollbackPlan plan, RollbackPlanSpec spec, Function<Action, ActionScope> scopes) {
    return spec.levels().stream()
        .collect(Collectors.toMap(Level::name, level -> of(plan, spec, level, scopes)));
  }

  /** Problems of one level, checked now. */
  List<Problem> of(
      RollbackPlan plan, RollbackPlanSpec spec, Level level, Function<Action, ActionScope> scopes) {
    var rights =
        level.actions().stream().flatMap(a -> actions.rights(a, scopes.apply(a)).stream()).toList();
    var denied =
        access.problems(plan.getMetadata().getNamespace(), spec.serviceAccountName(), rights);
    var impossible =
        level.actions().stream()
            .flatMap(action -> actions.preflight(action, scopes.apply(action)).stream());
    return Stream.concat(denied.stream(), impossible).distinct().toList();
  }
}
