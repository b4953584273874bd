package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.Transition;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a plan's status says in figures. */
final class PlanFigures {
  private static final double MILLIS = 1000.0;

  private static final List<Phase> ENDS =
      Arrays.stream(Phase.values())
          .filter(phase -> !phase.isOpen() && phase != Phase.Idle)
          .toList();

  private PlanFigures() {}

  static void say(Figures all, RollbackPlan plan) {
    var status = plan.getStatus();
    if (status == null || status.phase() == null) {
      return;
    }
    var figures = all.of(plan);
    figures.say(Figure.PHASE, 1, status.phase().name());
    ConditionFigures.say(figures, status.conditions());
    HoldFigures.say(figures, status.holds().stream().map(Hold::since).toList());
    status.drills().forEach(drill -> figures.time(Figure.DRILL, drill.at(), drill.action()));
    if (status.run() != null) {
      run(figures, status.run());
      phases(status).forEach((phase, took) -> phase(figures, phase, took));
      ENDS.forEach(end -> end(figures, end, status.ends()));
    }
  }

  private static void run(Figures.Of figures, RunStatus run) {
    figures.time(Figure.RUN_START, run.startedAt(), run.mode().name());
    figures.time(Figure.RUN_END, run.endedAt());
    figures.time(Figure.PHASE_SINCE, run.phaseSince());
    if (run.level() != null) {
      figures.say(Figure.RUN_LEVEL, run.level() + 1.0, run.levels().get(run.level()).name());
    }
  }

  private static void phase(Figures.Of figures, Phase phase, Duration took) {
    figures.say(Figure.RUN_PHASE_SECONDS, took.toMillis() / MILLIS, phase.name());
  }

  /** From 0 on, since the first run began: else nobody would see the first one grow. */
  private static void end(Figures.Of figures, Phase end, Map<String, Integer> ends) {
    figures.say(Figure.RUNS, ends.getOrDefault(end.name(), 0), end.name());
  }

  /** How long the run was in each phase before it left it; at its end it stays, which is none. */
  static Map<Phase, Duration> phases(RollbackPlanStatus status) {
    var took = new EnumMap<Phase, Duration>(Phase.class);
    var steps = steps(status).toList();
    for (var i = 0; i + 1 < steps.size(); i++) {
      var phase = steps.get(i).phase();
      if (phase.isOpen()) {
        took.merge(
            phase, Duration.between(steps.get(i).at(), steps.get(i + 1).at()), Duration::plus);
      }
    }
    return took;
  }

  private static Stream<Transition> steps(RollbackPlanStatus status) {
    return status.transitions().stream().filter(it -> it.claim().equals(status.run().claim()));
  }
}
