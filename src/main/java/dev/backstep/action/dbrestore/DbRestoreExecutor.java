package dev.backstep.action.dbrestore;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.restore.DrillAge;
import dev.backstep.restore.RestoreChecks;
import dev.backstep.restore.Restoring;
import dev.backstep.restore.Stand;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Replaces a database by a backup, in a level that was approved before. */
@ApplicationScoped
public class DbRestoreExecutor implements ActionExecutor<DbRestoreAction> {
  private final Restoring restoring;
  private final RestoreChecks checks;

  private final DrillAge drills;

  public DbRestoreExecutor(Restoring restoring, RestoreChecks checks, DrillAge drills) {
    this.restoring = restoring;
    this.checks = checks;
    this.drills = drills;
  }

  @Override
  public Class<DbRestoreAction> type() {
    return DbRestoreAction.class;
  }

  /**
   * It keeps what it replaces, twice; and those whom it keeps off may be kept off by others too. A
   * drill of it replaces nothing.
   */
  @Override
  public Traits traits(DbRestoreAction action) {
    return new Traits(false, true, true, false, true, true);
  }

  @Override
  public Optional<String> says(DbRestoreAction action) {
    var source = action.source();
    var backup =
        source.path() == null
            ? "the newest backup %s...".formatted(source.latest().prefix())
            : "backup %s".formatted(source.path());
    return Optional.of(
        "%s from %s is restored and verified beside the database, and, but for a drill, takes its place%s"
            .formatted(
                backup,
                source.from().place(),
                action.keepsOld() ? ", also where that is too damaged to be backed up" : ""));
  }

  @Override
  public List<WorkloadRef> targets(DbRestoreAction action) {
    return action.quiesce().workloads();
  }

  @Override
  public List<Right> rights(DbRestoreAction action, ActionScope scope) {
    return checks.rights(action, scope);
  }

  @Override
  public CompletionStage<List<Problem>> preflight(DbRestoreAction action, ActionScope scope) {
    return checks
        .problems(action, scope)
        .thenApply(
            problems ->
                Stream.concat(problems.stream(), drills.problem(action, scope).stream()).toList());
  }

  @Override
  public CompletionStage<List<String>> pins(DbRestoreAction action, ActionScope scope) {
    return checks.pins(action, scope);
  }

  /** The backup is loaded and verified beside the live data, so people know what they approve. */
  @Override
  public CompletionStage<Step> prepare(DbRestoreAction action, ActionScope scope) {
    return restoring.proven(action, scope).thenApply(Stand::step);
  }

  @Override
  public CompletionStage<Step> next(DbRestoreAction action, ActionScope scope) {
    return restoring
        .proven(action, scope)
        .thenCompose(
            stand ->
                stand.step().work().isSettled() && !scope.facts().drill()
                    ? restoring.replaced(action, scope).thenApply(Stand::step)
                    : stand.step().now());
  }

  @Override
  public Step stop(DbRestoreAction action, ActionScope scope) {
    return checks.stopped(action, scope);
  }

  /**
   * Whoever is still kept off comes back. Then the data from before is put back, if it was
   * replaced, for which they may be kept off once more; what was made aside goes, if it was not.
   */
  @Override
  public CompletionStage<Step> back(DbRestoreAction action, Taken taken, ActionScope scope) {
    if (!taken.held().isEmpty() && !undone(scope)) {
      return restoring.letGo(action, scope).thenApply(Stand::step);
    }
    return restoring
        .seen(action, scope)
        .thenCompose(
            stand ->
                stand.seen().isPresent() && stand.seen().get().beforeReplacing()
                    ? restoring.stopped(action, scope).thenApply(Stand::step)
                    : restoring.putBack(action, scope).thenApply(DbRestoreExecutor::putBack));
  }

  /** Whoever agreed to the restore knew what was lost by it, and not what was written since. */
  private static Step putBack(Stand stand) {
    return stand
        .seen()
        .filter(seen -> seen.putBack().isEmpty())
        .map(seen -> stand.step().replacing(new Work.Replacing(seen.undoing(), seen.parts())))
        .orElse(stand.step());
  }

  private static boolean undone(ActionScope scope) {
    return scope.sent().stream().anyMatch(sent -> sent.verb() == Intent.Verb.Undo);
  }
}
