package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.journal.Journal;
import dev.backstep.rollbackplan.PlanView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Derives everything in the status that is not the run's own: what humans and tools look at. */
@ApplicationScoped
public class StatusFactory {
  private final List<Says> all;

  public StatusFactory(Journal journal) {
    all = all(new Records(journal::state));
  }

  /** In the order in which {@code kubectl describe} shows them. */
  static List<Says> all(Records records) {
    return List.of(
        new Executability(),
        new Stalling(),
        new Health(),
        new Progress(),
        new Questions(),
        new Holding(),
        new Refusal(),
        records);
  }

  /** The whole status, with {@code core}'s run, holds and records. */
  public RollbackPlanStatus derive(PlanView view, RollbackPlanStatus core) {
    return derive(view, core, all);
  }

  static RollbackPlanStatus derive(PlanView view, RollbackPlanStatus core, List<Says> all) {
    var generation = view.plan().getMetadata().getGeneration();
    var conditions = new Conditions(view.status().conditions(), generation, view.now());
    all.forEach(says -> says.say(conditions, view, core));
    var run = core.run();
    return RollbackPlanStatusBuilder.builder(core)
        .observedGeneration(generation)
        .phase(run == null ? Phase.Idle : run.phase())
        .level(level(run))
        .reason(reason(view, run))
        .holding(core.holds().size())
        .levels(Executability.levels(view))
        .conditions(conditions.list())
        .build();
  }

  private static String reason(PlanView view, RunStatus run) {
    if (!view.runOpen() && Boolean.TRUE.equals(view.plan().getSpec().suspend())) {
      return Reasons.SUSPENDED;
    }
    return run == null
        ? Reasons.IDLE
        : run.pausedSince() != null ? ConditionTypes.PAUSED : run.reason();
  }

  private static String level(RunStatus run) {
    if (run == null || run.level() == null) {
      return null;
    }
    var name = run.levels().get(run.level()).name();
    return "%d/%d %s".formatted(run.level() + 1, run.levels().size(), name);
  }
}
