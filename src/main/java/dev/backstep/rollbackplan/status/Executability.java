package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelReadiness;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.condition.Conditions;
import dev.backstep.rollbackplan.PlanView;
import dev.backstep.runbook.Problem;
import dev.backstep.runbook.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Ready: at least one level can act. Executable: every level can, and the gates can be measured
 * that say whether it helped.
 */
final class Executability implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    if (!view.invalid().isEmpty()) {
      both(conditions, String.join("; ", view.invalid()) + ". Correct the plan.");
    } else if (view.runOpen()) {
      conditions.keep(ConditionTypes.READY, Reasons.CHECKED, "A run is open.");
      conditions.keep(ConditionTypes.EXECUTABLE, Reasons.CHECKED, "A run is open.");
    } else {
      checked(conditions, view);
    }
  }

  private static void both(Conditions conditions, String wrong) {
    conditions.say(ConditionTypes.READY, false, Reasons.INVALID_PLAN, wrong);
    conditions.say(ConditionTypes.EXECUTABLE, false, Reasons.INVALID_PLAN, wrong);
  }

  private static void checked(Conditions conditions, PlanView view) {
    var none = noLevelCanAct(view);
    var all = blocked(view).isEmpty();
    conditions.say(
        ConditionTypes.READY,
        !none,
        none ? Reasons.PREFLIGHT : Reasons.CHECKED,
        none ? problems(view) : "The plan can be carried out.");
    if (!all) {
      conditions.say(ConditionTypes.EXECUTABLE, false, Reasons.PREFLIGHT, problems(view));
    } else if (unmeasurable(view).isEmpty()) {
      conditions.say(
          ConditionTypes.EXECUTABLE, true, Reasons.CHECKED, "Every level can be carried out.");
    } else {
      notMeasurable(conditions, view);
    }
  }

  private static void notMeasurable(Conditions conditions, PlanView view) {
    var gates =
        unmeasurable(view).stream()
            .map(gate -> "%s (%s)".formatted(gate, view.gates().get(gate).message()))
            .collect(Collectors.joining(", "));
    conditions.sayOnce(
        ConditionTypes.EXECUTABLE,
        false,
        Reasons.GATE_NOT_MEASURABLE,
        "Gates cannot be measured: %s. A run could act, but not tell whether it helped, so it would ask. Correct the gates in the plan, or create what they need."
            .formatted(gates));
  }

  private static List<String> unmeasurable(PlanView view) {
    return view.plan().getSpec().gates().stream()
        .filter(Gate::standing)
        .map(Gate::name)
        .filter(view.gates()::containsKey)
        .filter(name -> view.gates().get(name).verdict() == Verdict.INCONCLUSIVE)
        .toList();
  }

  /** True when the plan was checked while no run is open, and nothing in it can be carried out. */
  static boolean noLevelCanAct(PlanView view) {
    return view.invalid().isEmpty()
        && !view.runOpen()
        && blocked(view).size() == view.plan().getSpec().levels().size();
  }

  private static Map<String, List<Problem>> blocked(PlanView view) {
    return view.problems().entrySet().stream()
        .filter(level -> !level.getValue().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What keeps levels from being carried out, level by level. */
  static String problems(PlanView view) {
    return blocked(view).entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(level -> "Level %s: %s".formatted(level.getKey(), Problem.messages(level.getValue())))
        .collect(Collectors.joining(" "));
  }

  /** What was last known of each level, while no run is open. */
  static List<LevelReadiness> levels(PlanView view) {
    return view.runOpen() || !view.invalid().isEmpty()
        ? view.status().levels()
        : view.plan().getSpec().levels().stream()
            .map(level -> level(level, view.problems().getOrDefault(level.name(), List.of())))
            .toList();
  }

  private static LevelReadiness level(Level level, List<Problem> problems) {
    return problems.isEmpty()
        ? new LevelReadiness(level.name(), true, Reasons.CHECKED, "It can be carried out.")
        : new LevelReadiness(
            level.name(), false, problems.get(0).reason(), Problem.messages(problems));
  }
}
