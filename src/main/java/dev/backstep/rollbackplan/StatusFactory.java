package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelReadiness;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.RunStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.journal.Journal;
import dev.backstep.runbook.Holds;
import dev.backstep.runbook.Problem;
import dev.backstep.runbook.Streak;
import dev.backstep.runbook.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Derives everything in the status that is not the run's own: what humans and tools look at. */
@ApplicationScoped
public class StatusFactory {
  private static final Set<String> CONTESTED = Set.of(Reasons.CONTESTED, Reasons.OVERWRITTEN);

  private final Journal journal;

  public StatusFactory(Journal journal) {
    this.journal = journal;
  }

  /** The whole status, with {@code core}'s run, holds and records. */
  RollbackPlanStatus derive(PlanView view, RollbackPlanStatus core) {
    var conditions =
        new Conditions(
            view.status().conditions(), view.plan().getMetadata().getGeneration(), view.now());
    executable(conditions, view);
    health(conditions, view);
    progress(conditions, view, core);
    var run = core.run();
    return RollbackPlanStatusBuilder.builder(core)
        .observedGeneration(view.plan().getMetadata().getGeneration())
        .phase(run == null ? Phase.Idle : run.phase())
        .level(level(run))
        .reason(reason(view, run))
        .holding(core.holds().size())
        .levels(readiness(view))
        .conditions(conditions.list())
        .build();
  }

  /** What was last known of each level, while no run is open. */
  private static List<LevelReadiness> readiness(PlanView view) {
    return view.runOpen() || !view.invalid().isEmpty()
        ? view.status().levels()
        : view.plan().getSpec().levels().stream()
            .map(level -> readiness(level, view.problems().getOrDefault(level.name(), List.of())))
            .toList();
  }

  private static LevelReadiness readiness(Level level, List<Problem> problems) {
    return problems.isEmpty()
        ? new LevelReadiness(level.name(), true, Reasons.CHECKED, "It can be carried out.")
        : new LevelReadiness(
            level.name(),
            false,
            problems.get(0).reason(),
            problems.stream().map(Problem::message).collect(Collectors.joining(" ")));
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
    return run == null || run.level() == null
        ? null
        : (run.level() + 1)
            + "/"
            + run.levels().size()
            + " "
            + run.levels().get(run.level()).name();
  }

  /** Ready: at least one level can act. Executable: every level can. */
  private static void executable(Conditions conditions, PlanView view) {
    if (!view.invalid().isEmpty()) {
      var wrong = String.join("; ", view.invalid()) + ". Correct the plan.";
      conditions.say(ConditionTypes.READY, false, Reasons.INVALID_PLAN, wrong);
      conditions.say(ConditionTypes.EXECUTABLE, false, Reasons.INVALID_PLAN, wrong);
      return;
    }
    if (view.runOpen()) {
      conditions.keep(ConditionTypes.READY, Reasons.CHECKED, "A run is open.");
      conditions.keep(ConditionTypes.EXECUTABLE, Reasons.CHECKED, "A run is open.");
      return;
    }
    var blocked =
        view.problems().entrySet().stream()
            .filter(level -> !level.getValue().isEmpty())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    var levels = view.plan().getSpec().levels();
    var message = blocked.isEmpty() ? "Every level can be carried out." : blocked(blocked);
    var none = blocked.size() == levels.size();
    conditions.say(
        ConditionTypes.READY,
        !none,
        none ? Reasons.PREFLIGHT : Reasons.CHECKED,
        none ? message : "The plan can be carried out.");
    conditions.say(
        ConditionTypes.EXECUTABLE,
        blocked.isEmpty(),
        blocked.isEmpty() ? Reasons.CHECKED : Reasons.PREFLIGHT,
        message);
    if (none) {
      conditions.say(ConditionTypes.STALLED, true, Reasons.PREFLIGHT, message);
    }
  }

  private static String blocked(Map<String, List<Problem>> blocked) {
    return blocked.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            level ->
                "Level "
                    + level.getKey()
                    + ": "
                    + level.getValue().stream()
                        .map(Problem::message)
                        .collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" "));
  }

  private static void health(Conditions conditions, PlanView view) {
    var spec = view.snapshot() == null ? view.plan().getSpec() : view.snapshot().plan();
    var gates = view.runOpen() ? spec.gates() : view.plan().getSpec().gates();
    if (view.gates().isEmpty()) {
      conditions.say(
          ConditionTypes.HEALTHY,
          null,
          Reasons.SUSPENDED,
          "No gate is measured while spec.suspend is true.");
      return;
    }
    healthy(conditions, measured(gates, view, gate -> gate.health() && !gate.once()), view.gates());
    for (var gate : gates) {
      var type = ConditionTypes.GATE_PREFIX + gate.name();
      var streak = view.gates().get(gate.name());
      if (streak == null) {
        conditions.say(type, null, Reasons.NOT_MEASURED, "Not measured now.");
        continue;
      }
      switch (streak.verdict()) {
        case HEALTHY -> conditions.sayOnce(type, true, Reasons.HEALTHY, sentence(streak));
        case UNHEALTHY ->
            conditions.sayOnce(type, false, Reasons.UNHEALTHY, sentence(streak) + hint(gate));
        case INCONCLUSIVE -> conditions.sayOnce(type, null, Reasons.INCONCLUSIVE, sentence(streak));
        case PENDING -> conditions.keep(type, Reasons.MEASURING, "Being measured.");
      }
    }
  }

  /** While a human thinks, the system may recover by itself: that is said, and nothing is done. */
  private static String healthyNow(PlanView view) {
    var snapshot = view.snapshot();
    var gates = snapshot == null ? List.<Gate>of() : snapshot.decidingGates();
    var healthy =
        !gates.isEmpty()
            && gates.stream().allMatch(gate -> snapshot.verdict(gate) == Verdict.HEALTHY);
    return healthy ? " All gates are healthy now." : "";
  }

  private static List<Gate> measured(List<Gate> gates, PlanView view, Predicate<Gate> which) {
    return gates.stream()
        .filter(which)
        .filter(gate -> view.gates().containsKey(gate.name()))
        .toList();
  }

  private static String hint(Gate gate) {
    return gate.description() == null ? "" : " " + gate.description();
  }

  private static String sentence(Streak streak) {
    return streak.message() + ".";
  }

  private static void healthy(
      Conditions conditions, List<Gate> gates, Map<String, Streak> streaks) {
    var red = named(gates, streaks, Verdict.UNHEALTHY);
    var unknown = named(gates, streaks, Verdict.INCONCLUSIVE);
    if (!red.isEmpty()) {
      conditions.say(ConditionTypes.HEALTHY, false, Reasons.UNHEALTHY, "Unhealthy: " + red + ".");
    } else if (!named(gates, streaks, Verdict.PENDING).isEmpty()) {
      conditions.keep(ConditionTypes.HEALTHY, Reasons.MEASURING, "The gates are being measured.");
    } else if (!unknown.isEmpty()) {
      conditions.say(
          ConditionTypes.HEALTHY,
          null,
          Reasons.INCONCLUSIVE,
          "Could not be measured, which is neither good nor bad: " + unknown + ".");
    } else {
      conditions.say(
          ConditionTypes.HEALTHY,
          true,
          Reasons.HEALTHY,
          "All " + gates.size() + " gates are healthy.");
    }
  }

  private static String named(List<Gate> gates, Map<String, Streak> streaks, Verdict verdict) {
    return gates.stream()
        .map(Gate::name)
        .filter(name -> streaks.get(name).verdict() == verdict)
        .collect(Collectors.joining(", "));
  }

  private void progress(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    var run = core.run();
    if (run != null && run.active()) {
      conditions.say(
          ConditionTypes.RECONCILING,
          true,
          run.phase().name(),
          "Run " + run.id() + ": " + run.message());
    }
    if (run != null && run.question() != null) {
      conditions.say(
          ConditionTypes.AWAITING_ANSWER,
          true,
          run.reason(),
          "Question "
              + run.question().id()
              + ": "
              + run.question().message()
              + healthyNow(view)
              + Commands.answer(view, run));
    }
    if (run != null && run.pausedSince() != null) {
      conditions.say(
          ConditionTypes.PAUSED,
          true,
          Reasons.PAUSED,
          "Paused in phase "
              + run.phase()
              + " since "
              + run.pausedSince()
              + ". Nothing more is begun."
              + Commands.state(view, "Running"));
    }
    if (run != null && run.phase() == Phase.AwaitingApproval) {
      conditions.say(
          ConditionTypes.AWAITING_APPROVAL,
          true,
          run.reason(),
          run.message() + healthyNow(view) + Commands.approve(view, run));
    }
    if (run != null && !run.missed().isEmpty()) {
      conditions.say(
          ConditionTypes.OBJECTIVE_MISSED,
          true,
          Reasons.OBJECTIVE_MISSED,
          "Promised and not kept: " + String.join(", ", run.missed()) + ".");
    }
    if (run != null && CONTESTED.contains(run.reason())) {
      conditions.say(ConditionTypes.CONTESTED, true, run.reason(), run.message());
    }
    if (run != null && run.phase() == Phase.Exhausted) {
      conditions.say(ConditionTypes.STALLED, true, Reasons.EXHAUSTED, run.message());
    }
    if (!core.holds().isEmpty()) {
      conditions.say(
          ConditionTypes.HOLDS_ACTIVE, true, Reasons.HOLDING, Holds.stillOff(core.holds()));
    }
    var candidate = core.stableCandidate();
    if (candidate != null && candidate.problem() != null) {
      conditions.say(
          ConditionTypes.STABLE_RECORDED, false, Reasons.STABLE_TOO_LARGE, candidate.problem());
    }
    var wish = view.plan().getSpec().run();
    if (wish != null && core.refused().contains(wish.id())) {
      conditions.say(
          ConditionTypes.RUN_REFUSED,
          true,
          Reasons.RUN_REFUSED,
          Commands.refused(view.plan().getSpec(), wish));
    }
    journaled(conditions, view, core);
  }

  private void journaled(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    switch (journal.state(view.plan().getMetadata().getUid(), core.transitions())) {
      case NONE -> {}
      case WRITING -> conditions.keep(ConditionTypes.JOURNAL_WRITTEN, "Writing", "Being written.");
      case WRITTEN ->
          conditions.say(
              ConditionTypes.JOURNAL_WRITTEN,
              true,
              Reasons.JOURNAL_UP_TO_DATE,
              "The journal has every step.");
      case FAILING ->
          conditions.say(
              ConditionTypes.JOURNAL_WRITTEN,
              false,
              Reasons.JOURNAL_UNAVAILABLE,
              "The journal's database does not answer. The run goes on; its steps are kept in the"
                  + " status and written when the database is back.");
    }
  }
}
