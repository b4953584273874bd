package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.cluster.ItemAnswers.ItemAnswer;
import dev.backstep.runbook.Consent;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** What humans say, by Approvals, to the levels and items of a run. */
@ApplicationScoped
public class Consents {
  Consent of(RollbackPlan plan, RunSnapshot snapshot) {
    return null;
  }

  Optional<ItemAnswer> answer(RollbackPlan plan, RunStatus run, String item) {
    return Optional.empty();
  }
}
