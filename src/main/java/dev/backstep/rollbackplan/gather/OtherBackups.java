package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.resource.Together;
import dev.backstep.runbook.RunSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the backups of a level that are of another database than the one in which something is
 * destroyed after them: they are none for it. Two Secrets may lead to one database, as different
 * users, so the databases themselves are asked.
 */
final class OtherBackups {
  private final Actions actions;
  private final Function<Action, ActionScope> scopes;

  OtherBackups(Actions actions, Function<Action, ActionScope> scopes) {
    this.actions = actions;
    this.scopes = scopes;
  }

  /**
   * Those before each action of a level that is entered, later only before the one that the run is
   * at; of an action of which nobody can tell where it destroys something, none. The stage fails
   * where a database cannot be asked now.
   */
  CompletionStage<Map<String, Set<String>>> of(RunSnapshot snapshot) {
    if (snapshot.agreed(Agreement.of(Agreement.What.NoBackup))) {
      return CompletableFuture.completedStage(Map.of());
    }
    var backups = snapshot.traits().backups();
    var skipped = skipped(snapshot);
    var concerned = snapshot.entering() ? snapshot.level().actions() : List.of(snapshot.action());
    var asked = new LinkedHashMap<String, CompletionStage<Set<String>>>();
    for (var action : concerned) {
      var made = new TreeSet<>(backups.getOrDefault(action.name(), Set.of()));
      made.removeAll(skipped);
      if (!made.isEmpty()) {
        asked.put(action.name(), others(action, made, snapshot));
      }
    }
    return Together.named(asked);
  }

  /** What a human left out is no backup, and its database may be what does not answer. */
  private static Set<String> skipped(RunSnapshot snapshot) {
    return snapshot.levelStatus().actions().stream()
        .filter(action -> action.outcome() == ActionStatus.Outcome.Skipped)
        .map(ActionStatus::name)
        .collect(Collectors.toSet());
  }

  private CompletionStage<Set<String>> others(
      Action destroys, Set<String> made, RunSnapshot snapshot) {
    return database(destroys)
        .thenCompose(
            changed ->
                changed.isEmpty()
                    ? CompletableFuture.completedStage(Set.of())
                    : databases(made, snapshot).thenApply(copied -> differing(changed, copied)));
  }

  private static Set<String> differing(
      Optional<String> changed, Map<String, Optional<String>> copied) {
    return copied.entrySet().stream()
        .filter(backup -> !backup.getValue().equals(changed))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private CompletionStage<Map<String, Optional<String>>> databases(
      Set<String> names, RunSnapshot snapshot) {
    var asked = new LinkedHashMap<String, CompletionStage<Optional<String>>>();
    snapshot.level().actions().stream()
        .filter(action -> names.contains(action.name()))
        .forEach(action -> asked.put(action.name(), database(action)));
    return Together.named(asked);
  }

  private CompletionStage<Optional<String>> database(Action action) {
    return actions.database(action, scopes.apply(action));
  }
}
