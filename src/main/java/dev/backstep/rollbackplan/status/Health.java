package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.ConditionTypes;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.condition.Conditions;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.rollbackplan.view.PlanView;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Healthy, and one condition for each gate. */
final class Health implements Says {
  @Override
  public void say(Conditions conditions, PlanView view, RollbackPlanStatus core) {
    if (view.gates().isEmpty()) {
      unmeasured(conditions, view);
      return;
    }
    var gates = gates(view);
    var standing =
        gates.stream()
            .filter(gate -> gate.health() && !gate.once())
            .filter(gate -> view.gates().containsKey(gate.name()))
            .toList();
    all(conditions, standing, view.gates());
    gates.forEach(gate -> each(conditions, gate, view.gates().get(gate.name())));
  }

  private static void unmeasured(Conditions conditions, PlanView view) {
    var deleting = view.plan().isMarkedForDeletion();
    var suspended = !deleting && view.suspended();
    conditions.say(
        ConditionTypes.HEALTHY,
        null,
        deleting ? Reasons.PLAN_DELETED : suspended ? Reasons.SUSPENDED : Reasons.NOT_MEASURED,
        deleting
            ? "No gate is measured while the plan is being deleted."
            : suspended
                ? "No gate is measured while spec.suspend is true."
                : "No gate of this plan is measured at this moment.");
  }

  /** An open run measures the gates of the plan as it was when the run began. */
  private static List<Gate> gates(PlanView view) {
    return view.runOpen() && view.snapshot() != null
        ? view.snapshot().plan().gates()
        : view.plan().getSpec().gates();
  }

  private static void all(Conditions conditions, List<Gate> gates, Map<String, Streak> streaks) {
    var red = named(gates, streaks, Verdict.UNHEALTHY);
    var unknown = named(gates, streaks, Verdict.INCONCLUSIVE);
    if (!red.isEmpty()) {
      conditions.say(
          ConditionTypes.HEALTHY, false, Reasons.UNHEALTHY, "Unhealthy: %s.".formatted(red));
    } else if (!named(gates, streaks, Verdict.PENDING).isEmpty()) {
      conditions.keep(ConditionTypes.HEALTHY, Reasons.MEASURING, "The gates are being measured.");
    } else if (!unknown.isEmpty()) {
      conditions.say(
          ConditionTypes.HEALTHY,
          null,
          Reasons.INCONCLUSIVE,
          "Could not be measured, which is neither good nor bad: %s.".formatted(unknown));
    } else {
      conditions.say(
          ConditionTypes.HEALTHY,
          true,
          Reasons.HEALTHY,
          "All %d gates are healthy.".formatted(gates.size()));
    }
  }

  private static String named(List<Gate> gates, Map<String, Streak> streaks, Verdict verdict) {
    return gates.stream()
        .map(Gate::name)
        .filter(name -> streaks.get(name).verdict() == verdict)
        .collect(Collectors.joining(", "));
  }

  private static void each(Conditions conditions, Gate gate, Streak streak) {
    var type = ConditionTypes.GATE_PREFIX + gate.name();
    if (streak == null) {
      conditions.say(type, null, Reasons.NOT_MEASURED, "Not measured now.");
      return;
    }
    var seen = streak.shown() + ".";
    switch (streak.verdict()) {
      case HEALTHY -> conditions.say(type, true, Reasons.HEALTHY, seen);
      case UNHEALTHY -> conditions.say(type, false, Reasons.UNHEALTHY, seen + hint(gate));
      case INCONCLUSIVE -> conditions.say(type, null, Reasons.INCONCLUSIVE, seen);
      case PENDING -> conditions.keep(type, Reasons.MEASURING, "Being measured.");
    }
  }

  private static String hint(Gate gate) {
    return gate.description() == null ? "" : " " + gate.description();
  }
}
