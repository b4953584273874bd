package dev.backstep.dbrestore.status;

import dev.backstep.api.v1alpha1.DbRestoreStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.dbrestore.gather.RestoreView;
import dev.backstep.effect.Work;
import dev.backstep.restore.Facts;
import dev.backstep.restore.Seen;
import dev.backstep.restore.Stand;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Derives everything in the status that people and tools look at. */
@ApplicationScoped
public class RestoreStatusFactory {
  private static final List<Says> ALL =
      List.of(new Readiness(), new Asking(), new Replacing(), new Ends());

  /** The whole status, with {@code core}'s phase, run and records. */
  public DbRestoreStatus derive(RestoreView view, DbRestoreStatus core) {
    var generation = view.restore().getMetadata().getGeneration();
    var seen = view.stand().flatMap(Stand::seen);
    var facts = seen.map(Seen::facts).map(Facts::new);
    var from = facts.flatMap(Facts::madeAt).orElse(core.dataFrom());
    var status =
        core.with()
            .observedGeneration(generation)
            .target(seen.map(Seen::live).orElse(core.target()))
            .source(facts.flatMap(Facts::file).orElse(core.source()))
            .dataFrom(from)
            .recoveryPoint(recoveryPoint(core, from))
            .progress(progress(view, core))
            .build();
    var conditions = new Conditions(view.status().conditions(), generation, view.now());
    ALL.forEach(says -> says.say(conditions, view, status));
    return status.with().conditions(conditions.list()).reason(reason(status)).build();
  }

  private static String recoveryPoint(DbRestoreStatus core, Instant from) {
    return from == null || core.run() == null
        ? null
        : Durations.said(Duration.between(from, core.run().startedAt()));
  }

  /** How far the phase is, as long as something counts it. */
  private static String progress(RestoreView view, DbRestoreStatus core) {
    if (!core.phase().isOpen()) {
      return null;
    }
    var stand = view.stand();
    return stand.isEmpty()
        ? core.progress()
        : stand
            .map(it -> it.step().work())
            .filter(Work.Rolling.class::isInstance)
            .map(Work.Rolling.class::cast)
            .flatMap(Work.Rolling::progress)
            .orElse(null);
  }

  private static String reason(DbRestoreStatus status) {
    return Optional.of(status.transitions())
        .filter(steps -> !steps.isEmpty())
        .map(steps -> steps.get(steps.size() - 1).reason())
        .orElse(status.phase().name());
  }
}
