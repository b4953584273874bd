package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.notification.News;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.Optional;
import java.util.function.Function;

/** What people could not be told: Notified. */
final class Notifying implements Says {
  private final Function<News, Optional<String>> failing;

  /**
   * @param failing whom something could not be told, in sentences; empty: everybody was told
   */
  Notifying(Function<News, Optional<String>> failing) {
    this.failing = failing;
  }

  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    failing
        .apply(PlanNotices.of(view.plan(), core))
        .ifPresent(
            said ->
                conditions.say(ConditionTypes.NOTIFIED, false, Reasons.NOTIFICATION_FAILED, said));
  }
}
