package dev.backstep.rollbackplan;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Traits;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.cluster.Hashes;
import dev.backstep.effect.Work;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the kinds of a plan's actions say about its levels. */
@ApplicationScoped
public class LevelFacts {
  private final Actions actions;

  public LevelFacts(Actions actions) {
    this.actions = actions;
  }

  /** What the plan's levels and actions do, as far as the plan itself says. */
  public LevelTraits traits(RollbackPlanSpec plan) {
    return new LevelTraits(
        levels(plan, this::destructive),
        levels(plan, this::unprotected),
        named(plan, Traits::hold),
        named(plan, Traits::unseen));
  }

  private Set<String> named(RollbackPlanSpec plan, Predicate<Traits> which) {
    return plan.allActions()
        .filter(action -> which.test(actions.traits(action)))
        .map(Action::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> levels(RollbackPlanSpec plan, Predicate<Level> which) {
    return plan.levels().stream()
        .filter(which)
        .map(Level::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private boolean destructive(Level level) {
    return level.actions().stream().anyMatch(action -> actions.traits(action).destructive());
  }

  /** True when something is destroyed before a backup was made in the same level. */
  private boolean unprotected(Level level) {
    for (var action : level.actions()) {
      var traits = actions.traits(action);
      if (traits.backup()) {
        return false;
      }
      if (traits.destructive()) {
        return true;
      }
    }
    return false;
  }

  /** Hashes of what levels would do, where approvals or answers name them now. */
  Map<String, String> hashes(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var run = snapshot.run();
    var hashes = new HashMap<String, String>();
    if (run.phase() == Phase.Pending) {
      run.levels()
          .forEach(
              level ->
                  hashes.put(level.name(), hash(snapshot.levelNamed(level.name()), 0, scopes)));
    } else if (run.phase() == Phase.AwaitingApproval
        || aboutToAct(snapshot) && snapshot.wantsApproval(snapshot.level())) {
      var round = run.approval() == null ? 0 : run.approval().round();
      hashes.put(snapshot.level().name(), hash(snapshot.level(), round, scopes));
    }
    return hashes;
  }

  /** Looked at before every effect; not in each pass of a roll-out, because it is read anew. */
  private static boolean aboutToAct(RunSnapshot snapshot) {
    return snapshot.entering()
        || snapshot.run().phase() == Phase.Acting && snapshot.work() instanceof Work.ToDo;
  }

  /** Of what the plan says and of what that means now; never of live counts. */
  private String hash(Level level, int round, Function<Action, ActionScope> scopes) {
    var pins =
        level.actions().stream().map(action -> actions.pins(action, scopes.apply(action))).toList();
    return Hashes.of(
        Json.MAPPER.valueToTree(
            List.of(level.name(), level.actions(), pins, String.valueOf(round))));
  }
}
