package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.restore.Seen;
import dev.backstep.restore.Stand;
import java.util.Optional;

/** Whether the live data was touched; said before the first statement that does it. */
final class Replacing implements Says {
  @Override
  public void say(Conditions conditions, RestoreView view, DbRestoreStatus status) {
    var run = status.run();
    if (run == null || run.replacedAt() == null) {
      return;
    }
    var live = Optional.ofNullable(status.target()).orElse("it");
    switch (status.phase()) {
      case Undone ->
          conditions.say(
              ConditionTypes.DATA_REPLACED,
              false,
              RestorePhase.Undone.name(),
              "Database %s has the data from before again.".formatted(live));
      case Failed, Aborted ->
          conditions.say(
              ConditionTypes.DATA_REPLACED,
              false,
              status.phase().name(),
              "Database %s was about to be replaced, and was not.".formatted(live));
      // The name of the old database is known only when the server was asked.
      default ->
          conditions.sayOnce(
              ConditionTypes.DATA_REPLACED,
              true,
              dropped(status) ? Reasons.OLD_DROPPED : status.phase().name(),
              replaced(view, live, status));
    }
  }

  private static boolean dropped(DbRestoreStatus status) {
    return status.phase() == RestorePhase.Succeeded && status.run().keptUntil() == null;
  }

  private static String replaced(RestoreView view, String live, DbRestoreStatus status) {
    if (status.phase() == RestorePhase.CuttingOver) {
      return "Database %s is being replaced, since %s.".formatted(live, status.run().replacedAt());
    }
    var kept = status.run().keptUntil();
    return kept == null
        ? "Database %s was replaced at %s.".formatted(live, status.run().replacedAt())
        : "Database %s was replaced at %s. The data from before is kept%s until %s; to put it back: kubectl -n %s patch dbrestore %s --type=merge -p '{\"spec\":{\"state\":\"Undone\",\"stateBy\":\"YOUR NAME\"}}'"
            .formatted(
                live,
                status.run().replacedAt(),
                old(view),
                kept.equals(RestoreRun.ALWAYS) ? "somebody drops it" : kept,
                view.restore().getMetadata().getNamespace(),
                view.restore().getMetadata().getName());
  }

  private static String old(RestoreView view) {
    return view.stand()
        .flatMap(Stand::seen)
        .filter(Seen::replaced)
        .map(seen -> " as %s".formatted(seen.old()))
        .orElse("");
  }
}
