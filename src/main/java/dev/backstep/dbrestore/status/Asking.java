package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.approval.ApprovalCommand;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.decide.Agreeing;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Consent;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.text.Sentences;
import java.util.Optional;

/** What people are asked to agree to, and how they say so. */
final class Asking implements Says {
  @Override
  public void say(Conditions conditions, RestoreView view, DbRestoreStatus status) {
    if (status.phase() != RestorePhase.AwaitingApproval) {
      return;
    }
    var unproven = view.snapshot().consent().flatMap(Consent::unproven);
    if (unproven.isPresent()) {
      conditions.say(
          ConditionTypes.AWAITING_APPROVAL,
          true,
          Reasons.POLICY_NOT_IN_FORCE,
          "Approvals cannot be trusted now, so nobody's word counts: %s"
              .formatted(Sentences.of(unproven.get())));
      return;
    }
    conditions.say(
        ConditionTypes.AWAITING_APPROVAL,
        true,
        Reasons.APPROVAL_WANTED,
        wanted(view, status.run().approval()));
  }

  private static String wanted(RestoreView view, ApprovalStatus approval) {
    var undo = Agreeing.UNDO.equals(approval.level());
    return "%s %d of %d approvals are there; who asked for it, %s, may not give one.%s%s"
        .formatted(
            undo
                ? "The data from before is put back when people agree."
                : "The live data is replaced when people agree.",
            view.snapshot().consent().map(consent -> consent.given().size()).orElse(0),
            approval.wants(),
            undo ? view.snapshot().wishBy() : view.snapshot().spec().requestedBy(),
            ignored(view).orElse(""),
            command(view, approval, undo));
  }

  private static Optional<String> ignored(RestoreView view) {
    return view.snapshot()
        .consent()
        .map(Consent::ignored)
        .filter(ignored -> !ignored.isEmpty())
        .map(ignored -> " Not counted: %s".formatted(Sentences.all(ignored, "")));
  }

  private static String command(RestoreView view, ApprovalStatus approval, boolean undo) {
    var level = undo ? Optional.of(Agreeing.UNDO) : Optional.<String>empty();
    return new ApprovalCommand(
            view.restore(),
            view.restore().getMetadata().getName(),
            level,
            Optional.empty(),
            approval.hash())
        .text();
  }
}
