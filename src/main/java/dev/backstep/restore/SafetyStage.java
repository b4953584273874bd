package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.action.Backup;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Provider;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The present data is copied away, as action backup does it. */
@ApplicationScoped
public class SafetyStage implements RestoreStage<Seen> {
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

  /** A restore is one of them itself, so they are looked up when they are needed. */
  private final Provider<Actions> actions;

  public SafetyStage(Provider<Actions> actions) {
    this.actions = actions;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.BackingUp;
  }

  @Override
  public CompletionStage<Step> left(Seen now) {
    return now.replaced()
        ? Step.done("The restored data is live.").now()
        : actions.get().next(task(now.restore(), now.scope()), now.scope());
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
