package dev.backstep.action.manual;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.runbook.ItemAnswers.ItemAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A human does it, and says so by an Approval whose item is the action's name. */
@ApplicationScoped
public class ManualExecutor implements ActionExecutor<Manual> {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  @Override
  public Class<Manual> type() {
    return Manual.class;
  }

  @Override
  public CompletionStage<Step> next(Manual action, ActionScope scope) {
    return scope
        .facts()
        .answers()
        .of(scope.action())
        .map(ManualExecutor::answered)
        .orElseGet(() -> Step.of(new Work.Rolling(task(action, scope))))
        .now();
  }

  private static Step answered(ItemAnswer answer) {
    if (!answer.trusted()) {
      return Step.of(new Work.Rolling(answer.message(), LOOK_AGAIN));
    }
    return answer.yes()
        ? Step.of(new Work.Observed(answer.message() + "."))
        : Step.impossible("NotDone", answer.message() + ".");
  }

  private static String task(Manual action, ActionScope scope) {
    var list =
        action.checklist() == null || action.checklist().isEmpty()
            ? ""
            : " (" + String.join("; ", action.checklist()) + ")";
    return "A human does this, and then makes an Approval with item %s: %s%s"
        .formatted(scope.action(), action.text(), list);
  }
}
