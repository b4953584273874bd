package dev.backstep.synccontrol.queue;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.cluster.Annotations;
import dev.backstep.synccontrol.decide.AutoDisabling;
import dev.backstep.synccontrol.decide.AutoDisabling.Judged;
import dev.backstep.synccontrol.decide.QueueNews;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Watches queues: has them measured, and finds out what follows from it. */
@ApplicationScoped
public class QueueWatch {
  private final QueueSampler sampler;
  private final RuleConditions conditions;

  public QueueWatch(QueueSampler sampler, RuleConditions conditions) {
    this.sampler = sampler;
    this.conditions = conditions;
  }

  /** The queue of a SyncControl, now; of one that is being deleted nothing is measured any more. */
  public QueueView watch(SyncControl sync, SyncControlStatus status, Instant now) {
    var measured = sampler.measure(sync);
    var spec = sync.getSpec();
    if (spec.queue() == null || sync.isMarkedForDeletion()) {
      return QueueView.NOTHING;
    }
    var judged =
        measured
            .queue()
            .filter(queue -> measured.settled())
            .map(queue -> conditions.judged(spec, queue, now))
            .orElse(Map.<String, Judged>of());
    var rules = new AutoDisabling(spec, status, judged, letGo(sync), now).next();
    var known =
        QueueNews.next(
            spec.queue(),
            Optional.ofNullable(status.queue()).filter(queue -> spec.measures()),
            measured.queue(),
            rules.stream().anyMatch(AutoDisabling::counts),
            now);
    return new QueueView(known, rules, conditions.problems(spec));
  }

  /** What humans said on the object itself, by names of rules. */
  private static Map<String, String> letGo(SyncControl sync) {
    return Annotations.of(sync).entrySet().stream()
        .filter(it -> it.getKey().startsWith(Annotations.LET_GO))
        .collect(
            Collectors.toMap(
                it -> it.getKey().substring(Annotations.LET_GO.length()), Map.Entry::getValue));
  }
}
