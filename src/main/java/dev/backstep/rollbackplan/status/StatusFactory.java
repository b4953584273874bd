package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.journal.Journal;
import dev.backstep.notification.Notifier;
import dev.backstep.rollbackplan.gather.LevelFacts;
import dev.backstep.rollbackplan.start.RunStarter;
import dev.backstep.rollbackplan.view.PlanView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Derives everything in the status that is not the run's own: what humans and tools look at. */
@ApplicationScoped
public class StatusFactory {
  private final List<Says> all;
  private final LevelFacts facts;
  private final Notifier notifier;

  public StatusFactory(Journal journal, Notifier notifier, LevelFacts facts, RunStarter starter) {
    all =
        all(
            new Records(journal::state),
            new Notifying(notifier::failing),
            new Waiting(starter::waiting));
    this.facts = facts;
    this.notifier = notifier;
  }

  /** In the order in which {@code kubectl describe} shows them. */
  static List<Says> all(Records records, Notifying notifying, Waiting waiting) {
    return List.of(
        new Executability(),
        new Stalling(),
        new StillHeldUp(),
        new Health(),
        new Running(),
        new Questions(),
        new Holding(),
        new Refusal(),
        waiting,
        records,
        notifying);
  }

  /** The whole status, with {@code core}'s run, holds and records. */
  public RollbackPlanStatus derive(PlanView view, RollbackPlanStatus core) {
    var destructive = facts.traits(view.plan().getSpec()).destructive();
    return derive(view, core, all)
        .with()
        .levels(Executability.levels(view, destructive))
        .told(notifier.told(PlanNotices.of(view.plan(), core)))
        .build();
  }

  public static RollbackPlanStatus derive(PlanView view, RollbackPlanStatus core, List<Says> all) {
    var generation = view.plan().getMetadata().getGeneration();
    var conditions = new Conditions(view.status().conditions(), generation, view.now());
    all.forEach(says -> says.say(conditions, view, core));
    var run = core.run();
    var phase = run == null ? Phase.Idle : run.phase();
    return RollbackPlanStatusBuilder.builder(core)
        .run(run == null ? null : Bounds.bounded(run))
        .observedGeneration(generation)
        .phase(phase)
        .standing(standing(view, phase, run))
        .level(level(run))
        .reason(reason(view, run))
        .holding(core.holds().size())
        .drills(Drills.of(view.plan().getSpec(), core))
        .conditions(conditions.list())
        .build();
  }

  /** As kubectl shows a node that is Ready,SchedulingDisabled. */
  private static String standing(PlanView view, Phase phase, RunStatus run) {
    if (run != null && run.pausedSince() != null) {
      return phase + ",Paused";
    }
    return suspended(view) ? phase + ",Suspended" : phase.name();
  }

  private static boolean suspended(PlanView view) {
    return !view.runOpen() && view.suspended();
  }

  private static String reason(PlanView view, RunStatus run) {
    if (suspended(view)) {
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
