package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.rollbackplan.PlanView;
import dev.backstep.rollbackplan.RunStarter;
import java.util.stream.Collectors;

/** The commands that conditions tell a human to use. */
public final class Commands {
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

  /** How to ask for a state of the run. */
  static String state(PlanView view, String state) {
    return " To change that: kubectl -n "
        + view.plan().getMetadata().getNamespace()
        + " patch rollbackplan "
        + view.plan().getMetadata().getName()
        + " --type=merge -p '{\"spec\":{\"run\":{\"state\":\""
        + state
        + "\",\"stateBy\":\"YOUR NAME\"}}}'";
  }

  /** How to approve or reject the level that waits. */
  static String approve(PlanView view, RunStatus run) {
    var metadata = view.plan().getMetadata();
    return " Somebody with the verb approve: kubectl -n "
        + metadata.getNamespace()
        + " create -f - with kind Approval, spec {targetRef: {kind: RollbackPlan, name: "
        + metadata.getName()
        + ", uid: "
        + metadata.getUid()
        + "}, runId: "
        + run.id()
        + ", level: "
        + run.approval().level()
        + ", hash: "
        + run.approval().hash()
        + ", decision: Approve or Reject, approver: YOUR NAME}";
  }

  /** Why a run is not carried out. */
  public static String refused(RollbackPlanSpec plan, Run wish) {
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
