package dev.backstep.action.disabletriggers;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.cluster.Access.Right;
import dev.backstep.database.CatalogFound;
import dev.backstep.database.Triggers;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.problem.Problem;
import dev.backstep.text.Sentences;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Turns triggers of tables off. */
@ApplicationScoped
public class DisableTriggersExecutor implements ActionExecutor<DisableTriggers> {
  private static final Step OFF = Step.done("the triggers are off.");

  private final Triggers triggers;

  public DisableTriggersExecutor(Triggers triggers) {
    this.triggers = triggers;
  }

  @Override
  public Class<DisableTriggers> type() {
    return DisableTriggers.class;
  }

  @Override
  public Traits traits(DisableTriggers action) {
    return Traits.UNSEEN_HOLD;
  }

  @Override
  public List<Right> rights(DisableTriggers action, ActionScope scope) {
    return List.of(new Right("get", "", "secrets", List.of(action.databaseRef().name())));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(DisableTriggers action, ActionScope scope) {
    return triggers.problems(action, scope.author());
  }

  /**
   * A run does it once; a SyncControl reads it back, for the first time right after it was done.
   * What somebody turned on meanwhile is turned off again, and comes back as it was then.
   */
  @Override
  public CompletionStage<Step> next(DisableTriggers action, ActionScope scope) {
    return scope.applied() && !scope.readsBack()
        ? OFF.now()
        : triggers
            .look(action, scope.author(), scope.claim())
            .thenApply(found -> left(found, action, scope));
  }

  private static Step left(CatalogFound found, DisableTriggers action, ActionScope scope) {
    if (scope.applied() && found.asWanted()) {
      return OFF;
    }
    var step =
        found.step(
            action.databaseRef().name(), scope.timeout(), summary(action), hold(action, scope));
    return scope.applied() && !step.effects().isEmpty()
        ? step.changedBack(
            "Triggers of %s that were off were turned on by somebody else."
                .formatted(String.join(", ", action.tables())))
        : step;
  }

  private static String summary(DisableTriggers action) {
    return Sentences.bounded("triggers of %s off".formatted(String.join(", ", action.tables())));
  }

  private static Hold hold(DisableTriggers action, ActionScope scope) {
    var database = new Target("database", action.databaseRef().name());
    return scope.holds(database, "triggers as they were", summary(action));
  }
}
