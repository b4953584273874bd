package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.SwitchState;
import dev.backstep.api.v1alpha1.value.Notification.Event;
import dev.backstep.notification.News;
import dev.backstep.notification.Notice;
import dev.backstep.text.Sentences;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What of a queue people are told. Each condition is told by itself: none hides another one. */
public final class QueueNotices {
  private static final Map<String, Event> EVENTS =
      Map.of(
          ConditionTypes.QUEUE_HEALTHY, Event.QueueUnhealthy,
          ConditionTypes.SYNC_FRESH, Event.SyncStale);

  private QueueNotices() {}

  /** All that is to be told of a SyncControl with this status. */
  public static List<News> of(SyncControl sync, SyncControlStatus status) {
    return EVENTS.keySet().stream().sorted().map(type -> of(type, sync, status)).toList();
  }

  private static News of(String type, SyncControl sync, SyncControlStatus status) {
    return News.of(
            sync,
            sync.getSpec().serviceAccountName(),
            sync.getSpec().notifications(),
            status.conditions().stream()
                .filter(it -> it.getType().equals(type))
                .filter(it -> it.getStatus().equals("False"))
                .map(it -> notice(it, status))
                .toList(),
            status.told(),
            true)
        .inSeries(type);
  }

  /** An overflow is news after a queue that was too full before, and the other way round not. */
  private static Notice notice(Condition condition, SyncControlStatus status) {
    var since = Instant.parse(condition.getLastTransitionTime());
    var overflows = condition.getReason().equals(Reasons.QUEUE_OVERFLOW);
    return new Notice(
        EVENTS.get(condition.getType()),
        null,
        condition.getType(),
        2 * since.getEpochSecond() + (overflows ? 1 : 0),
        since,
        status.state().name(),
        null,
        condition.getReason(),
        said(condition, status.state()));
  }

  /** Who reads of a sync that does nothing has to know whether it is to do anything. */
  private static String said(Condition condition, SwitchState state) {
    return state == SwitchState.Enabled
        ? condition.getMessage()
        : "%s The sync is %s.".formatted(Sentences.of(condition.getMessage()), state);
  }
}
