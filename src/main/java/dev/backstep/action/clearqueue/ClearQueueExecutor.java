package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.SyncControls;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.ClearQueue;
import dev.backstep.api.v1alpha1.sync.ClearTable;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.ClearTables;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Empties the queue of a sync, once, and keeps what was in it. */
@ApplicationScoped
public class ClearQueueExecutor implements ActionExecutor<ClearQueue> {
  /** A database that cannot be reached may be back soon. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final SyncControls controls;
  private final ClearTables tables;

  public ClearQueueExecutor(SyncControls controls, ClearTables tables) {
    this.controls = controls;
    this.tables = tables;
  }

  @Override
  public Class<ClearQueue> type() {
    return ClearQueue.class;
  }

  /** A queue that is filled again looks as before: only the run's own record says it was done. */
  @Override
  public Traits traits(ClearQueue action) {
    return Traits.DESTROYS_WHAT_IT_KEPT;
  }

  @Override
  public List<Right> rights(ClearQueue action, ActionScope scope) {
    return known(action, scope).stream()
        .map(table -> new Right("get", "", "secrets", List.of(table.databaseRef().name())))
        .toList();
  }

  @Override
  public CompletionStage<List<Problem>> preflight(ClearQueue action, ActionScope scope) {
    try {
      return look(table(action, scope), action, scope).thenApply(ClearTables.Found::problems);
    } catch (ProblemException e) {
      return CompletableFuture.completedStage(List.of(e.problem()));
    }
  }

  /** What the SyncControl says is part of what is approved. */
  @Override
  public CompletionStage<List<String>> pins(ClearQueue action, ActionScope scope) {
    return CompletableFuture.completedStage(
        known(action, scope)
            .map(
                table ->
                    "table %s of database %s, by %s"
                        .formatted(table.table(), table.databaseRef().name(), table.method()))
            .stream()
            .toList());
  }

  @Override
  public CompletionStage<Step> next(ClearQueue action, ActionScope scope) {
    if (scope.applied()) {
      return Step.done("the queue was cleared.").now();
    }
    try {
      return look(table(action, scope), action, scope).thenApply(ClearQueueExecutor::left);
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message()).now();
    }
  }

  private static Step left(ClearTables.Found found) {
    var messages = found.problems().stream().map(Problem::message).toList();
    if (!found.reached()) {
      return Step.of(new Work.Rolling(Sentences.all(messages, ""), LOOK_AGAIN));
    }
    return found
        .effect()
        .map(effect -> Step.todo(List.of(effect)))
        .orElseGet(
            () -> Step.impossible(found.problems().get(0).reason(), Sentences.all(messages, "")));
  }

  private CompletionStage<ClearTables.Found> look(
      ClearTable table, ClearQueue action, ActionScope scope) {
    return tables.look(table, action.maxItems(), scope.now(), scope.timeout(), scope.author());
  }

  private Optional<ClearTable> known(ClearQueue action, ActionScope scope) {
    try {
      return Optional.of(table(action, scope));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private ClearTable table(ClearQueue action, ActionScope scope) throws ProblemException {
    var name = action.syncControlRef().name();
    var queue = controls.spec(name, scope).queue();
    if (queue == null || queue.clear() == null) {
      throw new ProblemException(
          new Problem(
              "ClearMissing",
              "SyncControl %s does not say in spec.queue.clear what action %s empties. Add it."
                  .formatted(name, scope.action())));
    }
    return queue.clear().table();
  }
}
