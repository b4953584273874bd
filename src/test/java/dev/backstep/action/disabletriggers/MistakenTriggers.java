package dev.backstep.action.disabletriggers;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DisableTriggers;
import dev.backstep.database.Triggers;
import dev.backstep.effect.Step;
import java.util.concurrent.CompletionStage;

/** A deliberate mistake: what was sent is taken for what is so. */
public class MistakenTriggers extends DisableTriggersExecutor {
  public MistakenTriggers(Triggers triggers) {
    super(triggers);
  }

  @Override
  public CompletionStage<Step> next(DisableTriggers action, ActionScope scope) {
    return scope.applied() ? Step.done("the triggers are off.").now() : super.next(action, scope);
  }
}
