package dev.backstep.action.dbrestore;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.restore.DrillAge;
import dev.backstep.restore.RestoreChecks;
import dev.backstep.restore.Restoring;
import java.util.concurrent.CompletionStage;

/** A mistake for the simulation: nobody hears that putting it back replaces live data. */
public final class MistakenDbRestores extends DbRestoreExecutor {
  public MistakenDbRestores(Restoring restoring, RestoreChecks checks, DrillAge drills) {
    super(restoring, checks, drills);
  }

  @Override
  public CompletionStage<Step> back(DbRestoreAction action, Taken taken, ActionScope scope) {
    return super.back(action, taken, scope)
        .thenApply(
            step ->
                step.work() instanceof Work.ToDo todo
                    ? new Step(new Work.ToDo(todo.targets(), todo.message()), step.effects())
                    : step);
  }
}
