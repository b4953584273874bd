package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.JobSteps;
import dev.backstep.action.PastEffects;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.dump.FileBackup;
import dev.backstep.dump.Refusals;
import dev.backstep.effect.Images;
import dev.backstep.effect.Sent;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The present data is copied away, as action backup does it. */
@ApplicationScoped
public class SafetyStage implements RestoreStage<Seen> {
  private static final String ON_PURPOSE =
      " Nothing was replaced. To replace it all the same, and keep it under its other name as the only copy of itself, ask for it with ifDamaged: KeepOld.";

  private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  private final Images images;

  public SafetyStage(Provider<Actions> actions, Images images) {
    this.actions = actions;
    this.images = images;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.BackingUp;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    return now.replaced()
        ? Step.done("The restored data is live.").now()
        : actions
            .get()
            .next(task(now.restore(), now.scope()), now.scope())
            .thenApply(step -> asGoodAsItGets(step, now));
  }

  /** What is damaged has no backup, but all that there is of it is kept. */
  private static Step asGoodAsItGets(Step step, Seen now) {
    if (!(step.work() instanceof Work.Impossible damaged)) {
      return step;
    }
    if (damaged.reason().equals(FileBackup.KEPT_AS_FOUND)) {
      return Step.done(damaged.message());
    }
    if (!damaged.reason().equals(Refusals.DATABASE_DAMAGED)) {
      return step;
    }
    return now.restore().keepsOld()
        ? Step.done("%s %s will be the only copy of it.".formatted(damaged.message(), now.old()))
        : Step.impossible(damaged.reason(), damaged.message() + ON_PURPOSE);
  }

  /** What was done in this attempt. */
  List<Sent<?>> sent(Seen now) {
    var scope = now.scope();
    var tried = scope.sent().stream().filter(it -> it.attempt() == scope.attempt()).toList();
    return new PastEffects(images, scope.namespace(), scope.claim(), scope.action(), tried)
        .applied();
  }

  /** True once its Job was made: what is written from then on may be missing in the copy. */
  boolean begun(Seen now) {
    var job = JobSteps.name(JobSteps.RUN, now.scope().claim(), now.scope());
    return sent(now).stream().anyMatch(sent -> sent.effect().target().name().equals(job));
  }

  static Action task(DbRestoreAction restore, ActionScope scope) {
    var to = restore.safetyBackup();
    return ActionBuilder.builder()
        .name(scope.action())
        .backup(new Backup(restore.target(), to.to(), to.prefix(), to.retention(), limit(scope)))
        .build();
  }

  /** It ends before the whole does, so that how it ended is seen. */
  private static String limit(ActionScope scope) {
    return "%ds".formatted(Math.max(1, scope.timeout().minus(SEEN_WITHIN).toSeconds()));
  }
}
