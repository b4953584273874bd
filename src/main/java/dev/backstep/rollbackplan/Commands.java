package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatus;
import java.util.stream.Collectors;

/** The commands that conditions tell a human to use. */
final class Commands {
  private Commands() {}

  /** How to answer the run's question. */
  static String answer(PlanView view, RunStatus run) {
    var choices =
        run.question().choices().stream().map(Enum::name).collect(Collectors.joining("|"));
    return " Answer: kubectl -n "
        + view.plan().getMetadata().getNamespace()
        + " patch rollbackplan "
        + view.plan().getMetadata().getName()
        + " --type=merge -p '{\"spec\":{\"run\":{\"answer\":{\"question\":\""
        + run.question().id()
        + "\",\"choice\":\""
        + choices
        + "\",\"by\":\"YOUR NAME\"}}}}'";
  }

  /** Why a run is not carried out. */
  static String refused(RollbackPlanSpec plan, Run wish) {
    var refusal = RunStarter.refusal(plan, wish);
    return "Run "
        + wish.id()
        + " is not carried out: "
        + (refusal == null
            ? "a run of this id was begun before, under a plan of this name."
            : refusal)
        + " Use a new id.";
  }
}
