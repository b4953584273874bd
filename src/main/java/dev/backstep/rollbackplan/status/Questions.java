package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.PlanView;
import dev.backstep.runbook.Verdict;

/** What the run wants of a human: AwaitingAnswer, AwaitingApproval. */
final class Questions implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var run = core.run();
    if (run == null) {
      return;
    }
    if (run.question() != null) {
      conditions.say(
          ConditionTypes.AWAITING_ANSWER,
          true,
          run.reason(),
          "Question %s: %s%s%s"
              .formatted(
                  run.question().id(),
                  run.question().message(),
                  healthyNow(view),
                  Commands.answer(view, run)));
    }
    if (run.phase() == Phase.AwaitingApproval) {
      conditions.say(
          ConditionTypes.AWAITING_APPROVAL,
          true,
          run.reason(),
          run.message() + healthyNow(view) + Commands.approve(view, run));
    }
  }

  /** While a human thinks, the system may recover by itself: that is said, and nothing is done. */
  private static String healthyNow(PlanView view) {
    var snapshot = view.snapshot();
    if (snapshot == null) {
      return "";
    }
    var gates = snapshot.decidingGates();
    var healthy = gates.stream().allMatch(gate -> snapshot.verdict(gate) == Verdict.HEALTHY);
    return healthy && !gates.isEmpty() ? " All gates are healthy now." : "";
  }
}
