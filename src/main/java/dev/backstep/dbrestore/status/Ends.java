package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreTransition;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.effect.Work;
import java.util.List;

/** Whether it goes on, stands still, or came to its end, and how. */
final class Ends implements Says {
  @Override
  public void say(Conditions conditions, RestoreView view, DbRestoreStatus status) {
    switch (status.phase()) {
      case Pending -> {
        // Ready says what it waits for.
      }
      case Succeeded, Drilled, Undone ->
          conditions.say(ConditionTypes.SUCCEEDED, true, status.phase().name(), last(status));
      case Failed, Aborted, HalfRestored -> {
        conditions.say(ConditionTypes.SUCCEEDED, false, reason(status), last(status));
        conditions.say(ConditionTypes.STALLED, true, reason(status), last(status));
      }
      default -> goesOn(conditions, view, status);
    }
  }

  /** Where nothing was looked at in this pass, what was found before still holds. */
  private static void goesOn(Conditions conditions, RestoreView view, DbRestoreStatus status) {
    var phase = status.phase().name();
    var work = view.stand().map(stand -> stand.step().work());
    if (work.isEmpty()) {
      conditions.sayOnce(ConditionTypes.RECONCILING, true, phase, last(status));
      conditions.again(ConditionTypes.STALLED);
      return;
    }
    if (status.phase() == RestorePhase.AwaitingApproval) {
      // It has the age of the backup in it: that it grows is no news.
      conditions.sayOnce(ConditionTypes.RECONCILING, true, phase, work.get().message());
      return;
    }
    conditions.say(ConditionTypes.RECONCILING, true, phase, work.get().message());
    if (work.get() instanceof Work.Impossible impossible) {
      conditions.say(ConditionTypes.STALLED, true, impossible.reason(), impossible.message());
    } else if (work.get() instanceof Work.Owned owned) {
      conditions.say(ConditionTypes.STALLED, true, Reasons.TARGET_OWNED, owned.message());
    }
  }

  /** Why it ended so, by a name. */
  private static String reason(DbRestoreStatus status) {
    var steps = status.transitions();
    return steps.isEmpty() ? status.phase().name() : steps.get(steps.size() - 1).reason();
  }

  private static String last(DbRestoreStatus status) {
    return status.transitions().isEmpty() ? "It begins." : last(status.transitions());
  }

  private static String last(List<RestoreTransition> steps) {
    return steps.get(steps.size() - 1).message();
  }
}
