package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.cluster.Annotations;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.gather.SwitchView;
import java.util.stream.Collectors;

/** Holders that nobody is left to give back. */
final class Holding implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    var orphans = status.holders().stream().filter(SyncHolder::isOrphaned).toList();
    if (orphans.isEmpty()) {
      return;
    }
    var metadata = view.sync().getMetadata();
    conditions.say(
        ConditionTypes.HOLD_ORPHANED,
        true,
        Reasons.HOLD_ORPHANED,
        "It is held off by %s, which does not exist any more, so nobody gives it back by itself. If it is not needed: kubectl -n %s annotate synccontrol %s %s"
            .formatted(
                orphans.stream().map(SyncHolder::holder).collect(Collectors.joining(", ")),
                metadata.getNamespace(),
                metadata.getName(),
                orphans.stream()
                    .map(holder -> Annotations.HELD_BY + holder.id() + "-")
                    .collect(Collectors.joining(" "))));
  }
}
