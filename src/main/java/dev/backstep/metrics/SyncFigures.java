package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.sync.QueueStatus;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import java.time.Instant;

/** What a SyncControl's status says in figures. */
final class SyncFigures {
  private SyncFigures() {}

  static void say(Figures all, SyncControl sync) {
    var status = sync.getStatus();
    if (status == null || status.state() == null) {
      return;
    }
    var figures = all.of(sync);
    figures.say(Figure.PHASE, 1, status.state().name());
    ConditionFigures.say(figures, status.conditions());
    HoldFigures.say(figures, status.holders().stream().map(SyncHolder::since).toList());
    figures.time(Figure.PHASE_SINCE, since(status));
    if (status.queue() != null) {
      queue(figures, status.queue());
    }
  }

  /** When a step led there; null: none is kept, or it is so because a time was over. */
  private static Instant since(SyncControlStatus status) {
    Instant since = null;
    var steps = status.transitions();
    for (var i = steps.size() - 1; i >= 0 && steps.get(i).phase() == status.state(); i--) {
      since = steps.get(i).at();
    }
    return since;
  }

  private static void queue(Figures.Of figures, QueueStatus queue) {
    figures.number(Figure.QUEUE_SIZE, queue.size());
    figures.number(Figure.QUEUE_FAILED, queue.failed());
    figures.time(Figure.LAST_SYNC, queue.lastSync());
  }
}
