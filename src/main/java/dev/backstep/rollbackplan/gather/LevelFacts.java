package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Traits;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.Intent.Verb;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.cluster.Hashes;
import dev.backstep.effect.Work;
import dev.backstep.resource.Together;
import dev.backstep.runbook.LevelTraits;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.UndoApproval;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    var backups = backups(plan);
    return new LevelTraits(
        levels(plan, this::destructive),
        levels(plan, level -> unprotected(level, backups)),
        backups,
        named(plan, Traits::hold),
        named(plan, Traits::unseen),
        named(plan, Traits::drillable));
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

  private static boolean unprotected(Level level, Map<String, Set<String>> backups) {
    return level.actions().stream()
        .map(action -> backups.get(action.name()))
        .anyMatch(made -> made != null && made.isEmpty());
  }

  /**
   * Of each action that destroys something, the backups made before it in the same level. One that
   * keeps what it destroys needs no other backup, and is none for what others destroy.
   */
  private Map<String, Set<String>> backups(RollbackPlanSpec plan) {
    var all = new HashMap<String, Set<String>>();
    for (var level : plan.levels()) {
      var made = new LinkedHashSet<String>();
      for (var action : level.actions()) {
        var traits = actions.traits(action);
        if (traits.destructive() && !traits.backup()) {
          all.put(action.name(), Set.copyOf(made));
        } else if (traits.backup() && !traits.destructive()) {
          made.add(action.name());
        }
      }
    }
    return all;
  }

  /**
   * What the actions of a level mean now, by their names; those that mean no more than the plan
   * says are not in it.
   *
   * @param kept what is known already of some, and not asked
   */
  CompletionStage<Map<String, List<String>>> pins(
      Level level, Map<String, List<String>> kept, Function<Action, ActionScope> scopes) {
    var asked = new LinkedHashMap<String, CompletionStage<List<String>>>();
    level
        .actions()
        .forEach(
            action ->
                asked.put(
                    action.name(),
                    kept.containsKey(action.name())
                        ? CompletableFuture.completedStage(kept.get(action.name()))
                        : actions.pins(action, scopes.apply(action))));
    return Together.named(asked)
        .thenApply(
            pins -> {
              pins.values().removeIf(List::isEmpty);
              return pins;
            });
  }

  /**
   * Hashes of what levels would do, where approvals or answers name them now: of what was found out
   * just now, and while people approve, of what the level was pinned to when they were asked.
   */
  Map<String, String> hashes(RunSnapshot snapshot) {
    var replacing = UndoApproval.replacing(snapshot);
    if (replacing.isPresent()) {
      var action = snapshot.undoing().name();
      return Map.of(action, hash(snapshot, action, replacing.get()));
    }
    return UndoApproval.isAwaited(snapshot) ? Map.of() : ofLevels(snapshot);
  }

  /** Of what is put back and of the data that it replaces: of no other run's, nor another's. */
  private static String hash(RunSnapshot snapshot, String action, Work.Replacing data) {
    var level = UndoApproval.levelOf(snapshot, action);
    var approval = snapshot.run().approval();
    var round = approval == null || approval.undo() == null ? 0 : approval.round();
    return Hashes.of(
        Json.MAPPER.valueToTree(
            List.of(
                Verb.Undo,
                snapshot.run().claim(),
                level.name(),
                action,
                data.pins(),
                String.valueOf(round))));
  }

  private static Map<String, String> ofLevels(RunSnapshot snapshot) {
    var run = snapshot.run();
    var pins =
        run.phase() == Phase.AwaitingApproval
            ? Map.of(snapshot.level().name(), snapshot.levelStatus().pins())
            : snapshot.pins();
    var approval = run.phase() == Phase.Pending ? null : run.approval();
    var round = approval == null ? 0 : approval.round();
    var hashes = new HashMap<String, String>();
    pins.forEach(
        (level, known) -> hashes.put(level, hash(snapshot.levelNamed(level), round, known)));
    return hashes;
  }

  /** Of what the plan says and of what that means now; never of live counts. */
  private static String hash(Level level, int round, Map<String, List<String>> known) {
    var pins =
        level.actions().stream()
            .map(action -> known.getOrDefault(action.name(), List.of()))
            .toList();
    return Hashes.of(
        Json.MAPPER.valueToTree(
            List.of(level.name(), level.actions(), pins, String.valueOf(round))));
  }
}
