package dev.backstep.synccontrol.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.LastSync;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncQueue;
import dev.backstep.condition.Conditions;
import dev.backstep.synccontrol.decide.Freshness;
import dev.backstep.synccontrol.gather.SwitchView;
import dev.backstep.text.Sentences;

/** Whether the sync did something not long ago. */
final class SyncAge implements Says {
  @Override
  public void say(Conditions conditions, SwitchView view, SyncControlStatus status) {
    var spec = view.sync().getSpec().queue();
    if (spec == null || spec.lastSync() == null || spec.lastSync().maxAge() == null) {
      return;
    }
    if (status.queue() == null) {
      conditions.keep(
          ConditionTypes.SYNC_FRESH, Reasons.MEASURING, "The last sync is not measured yet.");
      return;
    }
    say(conditions, view, spec.lastSync(), status.queue());
  }

  private static void say(
      Conditions conditions, SwitchView view, LastSync spec, QueueStatus measured) {
    switch (Freshness.of(spec, measured, view.now())) {
      case Fresh ->
          conditions.say(
              ConditionTypes.SYNC_FRESH,
              true,
              Reasons.SYNC_FRESH,
              "The last sync was at %s.".formatted(measured.lastSync()));
      case Stale ->
          conditions.say(
              ConditionTypes.SYNC_FRESH,
              false,
              Reasons.SYNC_STALE,
              "The last sync was at %s, longer ago than maxAge, which is %s."
                  .formatted(measured.lastSync(), spec.maxAge()));
      case Never ->
          conditions.say(
              ConditionTypes.SYNC_FRESH,
              false,
              Reasons.NEVER_SYNCED,
              "There is no last sync: the answer was null.");
      case NotMeasured ->
          conditions.say(
              ConditionTypes.SYNC_FRESH,
              false,
              Reasons.NOT_MEASURABLE,
              "The last sync could not be measured, and what is missing is not fresh: %s"
                  .formatted(
                      Sentences.of(measured.notMeasured(SyncQueue.LAST_SYNC).orElseThrow())));
    }
  }
}
