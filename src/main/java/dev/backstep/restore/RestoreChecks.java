package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** What a restore needs, and what would keep it from being done. */
@ApplicationScoped
public class RestoreChecks {
  private static final String NO_RUN = "preflight";

  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  private final SwapLooks looks;
  private final Verification verification;
  private final Loads loads;

  public RestoreChecks(
      Provider<Actions> actions, SwapLooks looks, Verification verification, Loads loads) {
    this.actions = actions;
    this.looks = looks;
    this.verification = verification;
    this.loads = loads;
  }

  /** The rights that its ServiceAccount needs. */
  public List<Right> rights(DbRestoreAction restore, ActionScope scope) {
    return Stream.concat(
            tasks(restore, scope).flatMap(task -> actions.get().rights(task, scope).stream()),
            loads.rights(restore).stream())
        .distinct()
        .toList();
  }

  /** What is wrong, each with its remedy. */
  public CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope) {
    var names = Names.of(NO_RUN, scope.action(), 1);
    var written = verification.problems(restore.verify());
    return Together.all(
            Stream.concat(
                Stream.of(
                    CompletableFuture.completedStage(written),
                    looks.preflight(restore.databaseRef(), scope.author(), names)),
                tasks(restore, scope).map(task -> actions.get().preflight(task, scope))))
        .thenApply(all -> all.stream().distinct().toList());
  }

  /** What is left of ending the Jobs of a restore. */
  public Step stopped(DbRestoreAction restore, ActionScope scope) {
    var load = loads.stopped(scope);
    return load.work().isSettled()
        ? actions.get().stop(SafetyStage.task(restore, scope), scope)
        : load;
  }

  private static Stream<Action> tasks(DbRestoreAction restore, ActionScope scope) {
    return Stream.concat(
        QuietTask.of(restore, scope.action()).stream().map(QuietTask::task),
        Stream.of(SafetyStage.task(restore, scope)));
  }
}
