package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.value.Notification.Event;
import dev.backstep.notification.News;
import dev.backstep.notification.Notice;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;

/** What of a queue people are told. */
public final class QueueNotices {
  private QueueNotices() {}

  /** All that is to be told of a SyncControl with this status. */
  public static News of(SyncControl sync, SyncControlStatus status) {
    return News.of(
        sync,
        sync.getSpec().serviceAccountName(),
        sync.getSpec().notifications(),
        status.conditions().stream()
            .filter(it -> it.getType().equals(ConditionTypes.QUEUE_HEALTHY))
            .filter(it -> it.getStatus().equals("False"))
            .map(it -> notice(it, status))
            .toList(),
        status.told(),
        true);
  }

  /** An overflow is news after a queue that was too full before, and the other way round not. */
  private static Notice notice(Condition condition, SyncControlStatus status) {
    var since = Instant.parse(condition.getLastTransitionTime());
    var overflows = condition.getReason().equals(Reasons.QUEUE_OVERFLOW);
    return new Notice(
        Event.QueueUnhealthy,
        null,
        condition.getType(),
        2 * since.getEpochSecond() + (overflows ? 1 : 0),
        since,
        status.state().name(),
        null,
        condition.getReason(),
        condition.getMessage());
  }
}
