package dev.backstep.synccontrol;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.event.Events;
import dev.backstep.event.Occurrence;
import io.fabric8.kubernetes.api.model.Condition;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says in Events when a queue turns bad, or good again. */
@ApplicationScoped
public class QueueEvents {
  private static final List<String> TYPES =
      List.of(ConditionTypes.QUEUE_HEALTHY, ConditionTypes.SYNC_FRESH);

  /** A queue that was good from the beginning is no news. */
  private static final Set<String> GOOD = Set.of(Reasons.QUEUE_HEALTHY, Reasons.SYNC_FRESH);

  private final Events events;

  public QueueEvents(Events events) {
    this.events = events;
  }

  /** Says what changed by a write. */
  void say(SyncControl before, SyncControl written, Instant now) {
    for (var type : TYPES) {
      var was = condition(before, type).map(Condition::getReason).orElse(Reasons.MEASURING);
      condition(written, type)
          .filter(is -> !is.getReason().equals(was) && !is.getReason().equals(Reasons.MEASURING))
          .filter(is -> !was.equals(Reasons.MEASURING) || !GOOD.contains(is.getReason()))
          .ifPresent(is -> events.say(written, occurrence(is, now)));
    }
  }

  private static Occurrence occurrence(Condition is, Instant now) {
    return new Occurrence(
        "%s/%s".formatted(is.getType(), now),
        !GOOD.contains(is.getReason()),
        is.getReason(),
        is.getMessage());
  }

  private static Optional<Condition> condition(SyncControl sync, String type) {
    return Optional.ofNullable(sync.getStatus()).map(SyncControlStatus::conditions).stream()
        .flatMap(List::stream)
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }
}
