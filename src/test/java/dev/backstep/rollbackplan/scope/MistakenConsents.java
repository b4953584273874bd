package dev.backstep.rollbackplan.scope;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.approval.Consents;
import dev.backstep.rollbackplan.watch.PlanApprovals;
import dev.backstep.runbook.Consent;
import dev.backstep.runbook.RunSnapshot;
import java.time.Clock;
import java.util.Collections;
import java.util.List;

/** A mistake for the simulation: the first person who looks is taken for all who have to agree. */
public final class MistakenConsents extends PlanConsents {
  public MistakenConsents(PlanApprovals approvals, Consents consents, Clock clock) {
    super(approvals, consents, clock);
  }

  @Override
  public Consent of(RollbackPlan plan, RunSnapshot snapshot) {
    var consent = super.of(plan, snapshot);
    return consent == null
        ? null
        : new Consent(
            consent.wants(),
            Collections.nCopies(consent.wants(), new ApprovalStatus.Given("none", "nobody")),
            null,
            List.of(),
            null);
  }
}
