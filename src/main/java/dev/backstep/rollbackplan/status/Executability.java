package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.LevelReadiness;
import dev.backstep.condition.Conditions;
import dev.backstep.measure.Verdict;
import dev.backstep.problem.Problem;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.text.Sentences;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ready: at least one level can act. Executable: every level can, and the gates that say whether it
 * helped can be measured.
 */
final class Executability implements Says {
  /** Of a plan that can do nothing at all. */
  static final String NO_LEVEL = "No level can be carried out: condition Executable says why.";

  private static final String BEING_CHECKED = "It is being checked.";
  private static final String NOT_CHECKED = "Nothing is checked while spec.suspend is true.";

  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    if (!view.invalid().isEmpty()) {
      invalid(conditions, view.invalid());
    } else if (view.runOpen()) {
      conditions.keep(ConditionTypes.READY, Reasons.CHECKED, "A run is open.");
      conditions.keep(ConditionTypes.EXECUTABLE, Reasons.CHECKED, "A run is open.");
    } else if (view.suspended()) {
      conditions.keep(ConditionTypes.READY, Reasons.SUSPENDED, NOT_CHECKED);
      conditions.keep(ConditionTypes.EXECUTABLE, Reasons.SUSPENDED, NOT_CHECKED);
    } else if (!known(view)) {
      conditions.keep(ConditionTypes.READY, Reasons.CHECKED, BEING_CHECKED);
      conditions.keep(ConditionTypes.EXECUTABLE, Reasons.CHECKED, BEING_CHECKED);
    } else {
      checked(conditions, view);
    }
  }

  /** True when the levels were checked; somebody may still be asked. */
  static boolean known(PlanView view) {
    return view.plan().getSpec().levels().stream()
        .map(Level::name)
        .allMatch(view.checks().levels()::containsKey);
  }

  private static void invalid(Conditions conditions, List<String> wrong) {
    conditions.say(
        ConditionTypes.READY,
        false,
        Reasons.INVALID_PLAN,
        "Correct the plan: %s"
            .formatted(Sentences.all(wrong.stream().map(it -> it + ".").toList(), "")));
    conditions.say(
        ConditionTypes.EXECUTABLE,
        false,
        Reasons.INVALID_PLAN,
        "The plan has to be corrected first: condition Ready says where.");
  }

  private static void checked(Conditions conditions, PlanView view) {
    var able = view.plan().getSpec().levels().size() - blocked(view).size();
    conditions.say(
        ConditionTypes.READY,
        able > 0,
        able > 0 ? Reasons.CHECKED : Reasons.PREFLIGHT,
        able > 0 ? ready(able, blocked(view)) : NO_LEVEL);
    if (!blocked(view).isEmpty()) {
      conditions.say(ConditionTypes.EXECUTABLE, false, Reasons.PREFLIGHT, problems(view));
    } else if (unmeasurable(view).isEmpty()) {
      conditions.say(
          ConditionTypes.EXECUTABLE,
          true,
          Reasons.CHECKED,
          Sentences.bounded(
              Stream.concat(
                      Stream.of("Every level can be carried out."), view.checks().doubts().stream())
                  .collect(Collectors.joining(" "))));
    } else {
      notMeasurable(conditions, view);
    }
  }

  private static void notMeasurable(Conditions conditions, PlanView view) {
    var gates = unmeasurable(view).stream().map(gate -> why(view, gate)).toList();
    conditions.say(
        ConditionTypes.EXECUTABLE,
        false,
        Reasons.GATE_NOT_MEASURABLE,
        "A run could act, but not tell whether it helped, so it would ask. %s"
            .formatted(Sentences.all(gates, "").stripTrailing()));
  }

  private static List<String> unmeasurable(PlanView view) {
    return view.plan().getSpec().gates().stream()
        .map(Gate::name)
        .filter(name -> inconclusive(view, name) || view.checks().gates().containsKey(name))
        .toList();
  }

  private static boolean inconclusive(PlanView view, String gate) {
    var streak = view.gates().get(gate);
    return streak != null && streak.verdict() == Verdict.INCONCLUSIVE;
  }

  private static String why(PlanView view, String gate) {
    var problems = view.checks().gates().get(gate);
    return problems == null
        ? "Gate %s cannot be measured: %s. Correct it in the plan, or create what it needs."
            .formatted(gate, view.gates().get(gate).shown())
        : "Gate %s cannot be measured: %s".formatted(gate, Problem.messages(problems));
  }

  private static String ready(int able, List<Level> blocked) {
    var all = able + blocked.size();
    return blocked.isEmpty()
        ? "Every level can be carried out."
        : "%d of %d levels can be carried out, but not %s: condition Executable says why."
            .formatted(able, all, names(blocked.stream().map(Level::name).toList(), "or"));
  }

  /** True when the plan was checked while no run is open, and nothing in it can be carried out. */
  static boolean noLevelCanAct(PlanView view) {
    return view.invalid().isEmpty()
        && !view.runOpen()
        && !view.suspended()
        && known(view)
        && blocked(view).size() == view.plan().getSpec().levels().size();
  }

  private static List<Level> blocked(PlanView view) {
    return view.plan().getSpec().levels().stream()
        .filter(level -> !problems(view, level).isEmpty())
        .toList();
  }

  private static List<Problem> problems(PlanView view, Level level) {
    return view.checks().levels().getOrDefault(level.name(), List.of());
  }

  /** Each problem once, with the levels that have it, in the plan's order. */
  private static String problems(PlanView view) {
    var levels = new LinkedHashMap<String, List<String>>();
    for (var level : view.plan().getSpec().levels()) {
      for (var problem : problems(view, level)) {
        levels.computeIfAbsent(problem.message(), it -> new ArrayList<>()).add(level.name());
      }
    }
    var all = view.plan().getSpec().levels().size();
    return Sentences.all(
            levels.entrySet().stream()
                .map(it -> "%s: %s".formatted(in(it.getValue(), all), it.getKey()))
                .toList(),
            "status.levels has all of them")
        .stripTrailing();
  }

  private static String in(List<String> levels, int all) {
    if (levels.size() == 1) {
      return "In level %s".formatted(levels.get(0));
    }
    return levels.size() == all
        ? "In all %d levels".formatted(all)
        : "In levels %s".formatted(names(levels, "and"));
  }

  private static String names(List<String> names, String last) {
    return names.size() == 1
        ? names.get(0)
        : "%s %s %s"
            .formatted(
                String.join(", ", names.subList(0, names.size() - 1)),
                last,
                names.get(names.size() - 1));
  }

  /** What was last known of each level, while no run is open. */
  static List<LevelReadiness> levels(PlanView view, Set<String> destructive) {
    return view.runOpen() || view.suspended() || !view.invalid().isEmpty() || !known(view)
        ? view.status().levels()
        : view.plan().getSpec().levels().stream()
            .map(
                level ->
                    level(level.name(), destructive.contains(level.name()), problems(view, level)))
            .toList();
  }

  private static LevelReadiness level(String name, boolean destroys, List<Problem> problems) {
    return problems.isEmpty()
        ? new LevelReadiness(name, true, destroys, Reasons.CHECKED, "It can be carried out.")
        : new LevelReadiness(
            name,
            false,
            destroys,
            problems.get(0).reason(),
            Problem.messages(problems).stripTrailing());
  }
}
