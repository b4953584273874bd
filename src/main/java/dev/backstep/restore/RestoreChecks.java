package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.cluster.Access.Right;
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
  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  private final Media media;
  private final Verification verification;

  public RestoreChecks(Provider<Actions> actions, Media media, Verification verification) {
    this.actions = actions;
    this.media = media;
    this.verification = verification;
  }

  /** The rights that its ServiceAccount needs. */
  public List<Right> rights(DbRestoreAction restore, ActionScope scope) {
    return Stream.concat(
            tasks(restore, scope).flatMap(task -> actions.get().rights(task, scope).stream()),
            media.of(restore).rights(restore, scope).stream())
        .distinct()
        .toList();
  }

  /** What is wrong, each with its remedy. */
  public CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope) {
    var written = verification.problems(restore.verify());
    return Together.all(
            Stream.concat(
                Stream.of(
                    CompletableFuture.completedStage(written),
                    media.of(restore).problems(restore, scope)),
                tasks(restore, scope).map(task -> actions.get().preflight(task, scope))))
        .thenApply(all -> all.stream().distinct().toList());
  }

  /** What a restore means now, beyond what is written. */
  public CompletionStage<List<String>> pins(DbRestoreAction restore, ActionScope scope) {
    return media.of(restore).pins(restore, scope);
  }

  /** What is left of ending the Jobs of a restore. */
  public Step stopped(DbRestoreAction restore, ActionScope scope) {
    var own = media.of(restore).stopped(restore, scope);
    return own.work().isSettled() && !restore.provesOnly()
        ? actions.get().stop(SafetyStage.task(restore, scope), scope)
        : own;
  }

  private static Stream<Action> tasks(DbRestoreAction restore, ActionScope scope) {
    return Stream.concat(
        QuietTask.of(restore, scope.action()).stream().map(QuietTask::task),
        restore.provesOnly() ? Stream.of() : Stream.of(SafetyStage.task(restore, scope)));
  }
}
