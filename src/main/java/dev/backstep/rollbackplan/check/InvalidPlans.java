package dev.backstep.rollbackplan.check;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.gate.Probes;
import dev.backstep.memory.PerObjectState;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What is wrong with plans as they are written, whatever the world is like. */
@ApplicationScoped
public class InvalidPlans implements PerObjectState {
  private final Actions actions;
  private final Probes probes;
  private final Map<String, Written> written = new ConcurrentHashMap<>();

  public InvalidPlans(Actions actions, Probes probes) {
    this.actions = actions;
    this.probes = probes;
  }

  private record Written(Long generation, List<String> wrong) {}

  /** What is wrong with a plan, each with its place; found once per edit. */
  public List<String> of(RollbackPlan plan) {
    var metadata = plan.getMetadata();
    var cached = written.get(metadata.getUid());
    if (cached == null || !cached.generation().equals(metadata.getGeneration())) {
      cached = new Written(metadata.getGeneration(), of(plan.getSpec()));
      written.put(metadata.getUid(), cached);
    }
    return cached.wrong();
  }

  private List<String> of(RollbackPlanSpec plan) {
    var gates =
        plan.gates().stream()
            .flatMap(
                gate ->
                    probes.invalid(gate).stream()
                        .map(wrong -> "spec.gates, gate %s: %s".formatted(gate.name(), wrong)));
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

  @Override
  public void forget(String uid) {
    written.remove(uid);
  }
}
