package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.database.swap.Looked;
import dev.backstep.database.swap.Names;
import dev.backstep.database.swap.SwapLooks;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Replaces a database by a backup: what is left of it, seen from the world as it is now. Nothing is
 * touched that is live before the backup was restored and verified beside it.
 */
@ApplicationScoped
public class Restoring {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

  private final SwapLooks looks;
  private final List<RestoreStage> prove;
  private final List<RestoreStage> replace;
  private final List<RestoreStage> stop;
  private final List<RestoreStage> putBack;
  private final List<RestoreStage> expire;
  private final List<RestoreStage> letGo;

  public Restoring(
      SwapLooks looks,
      AsideStage aside,
      LoadStage load,
      ProofStage proof,
      QuietStage quiet,
      SafetyStage safety,
      SwapStage swap,
      CheckStage check,
      LettingGo lettingGo,
      Clearing clearing,
      SwapBack swapBack,
      Expiry expiry) {
    this.looks = looks;
    this.prove = List.of(aside, load, proof);
    this.replace = List.of(quiet, safety, swap, check, lettingGo);
    this.stop = List.of(lettingGo, clearing);
    this.putBack = List.of(swapBack, lettingGo);
    this.expire = List.of(expiry);
    this.letGo = List.of(lettingGo);
  }

  /** What is left until the restored data is proven, beside the live one. */
  public CompletionStage<Stand> proven(DbRestoreAction restore, ActionScope scope) {
    return walk(prove, restore, scope);
  }

  /** What is left until the proven data is the live one, and everybody works with it. */
  public CompletionStage<Stand> replaced(DbRestoreAction restore, ActionScope scope) {
    return walk(replace, restore, scope);
  }

  /** What is left until nobody is kept off, and nothing that was made aside is there any more. */
  public CompletionStage<Stand> stopped(DbRestoreAction restore, ActionScope scope) {
    return walk(stop, restore, scope);
  }

  /** What is left until the data from before is the live one again. */
  public CompletionStage<Stand> putBack(DbRestoreAction restore, ActionScope scope) {
    return walk(putBack, restore, scope);
  }

  /** What is left until nobody is kept off. */
  public CompletionStage<Stand> letGo(DbRestoreAction restore, ActionScope scope) {
    return walk(letGo, restore, scope);
  }

  /** What the server says, when nothing is left to do. */
  public CompletionStage<Stand> seen(DbRestoreAction restore, ActionScope scope) {
    return walk(List.of(), restore, scope);
  }

  /** What is left until the data from before is gone. */
  public CompletionStage<Stand> expired(DbRestoreAction restore, ActionScope scope) {
    return walk(expire, restore, scope);
  }

  /** The databases of a restore have names of their own, whoever else restores. */
  private static Names names(ActionScope scope) {
    return Names.of(scope.claim(), scope.action(), scope.attempt());
  }

  private CompletionStage<Stand> walk(
      List<RestoreStage> stages, DbRestoreAction restore, ActionScope scope) {
    var names = names(scope);
    return looks
        .look(restore.databaseRef(), scope.author(), names)
        .thenCompose(
            looked ->
                looked instanceof Looked.Seen seen
                    ? next(
                        stages.iterator(),
                        first(stages),
                        Step.done("There is nothing to do."),
                        new Situation(restore, scope, names, seen.databases()))
                    : notAsked(stages, ((Looked.NotSeen) looked).problem().message()));
  }

  private static RestorePhase first(List<RestoreStage> stages) {
    return stages.isEmpty() ? RestorePhase.Succeeded : stages.get(0).phase();
  }

  private static CompletionStage<Stand> notAsked(List<RestoreStage> stages, String why) {
    var waits = Step.of(new Work.Rolling(why, ASK_AGAIN));
    return CompletableFuture.completedStage(new Stand(first(stages), waits, Optional.empty()));
  }

  private static CompletionStage<Stand> next(
      Iterator<RestoreStage> stages, RestorePhase phase, Step before, Situation now) {
    if (!stages.hasNext()) {
      return CompletableFuture.completedStage(new Stand(phase, before, Optional.of(now)));
    }
    var stage = stages.next();
    return stage
        .left(now)
        .thenCompose(
            step ->
                step.work().isSettled()
                    ? next(stages, stage.phase(), step, now)
                    : CompletableFuture.completedStage(
                        new Stand(stage.phase(), step, Optional.of(now))));
  }
}
