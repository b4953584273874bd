package dev.backstep.rollbackplan.check;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Argument;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Objective;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.ladder.StopCondition;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.ladder.Trigger;
import dev.backstep.argument.Arguments;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.rollbackplan.start.Schedule;
import dev.backstep.rollbackplan.start.Wishes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** What one part of a plan says about another: names that do not exist, expressions, schedules. */
final class PlanRules {
  private final RollbackPlanSpec plan;
  private final List<String> gates;
  private final List<String> levels;
  private final List<String> symptoms;
  private final List<String> args;
  private final List<String> wrong = new ArrayList<>();

  private PlanRules(RollbackPlanSpec plan) {
    this.plan = plan;
    gates = plan.gates().stream().map(Gate::name).toList();
    levels = plan.levels().stream().map(Level::name).toList();
    symptoms = plan.symptoms().stream().map(Symptom::name).toList();
    args = plan.args().stream().map(Argument::name).toList();
  }

  /** What is wrong, each with its place; empty: nothing. */
  static List<String> broken(RollbackPlanSpec plan) {
    var rules = new PlanRules(plan);
    rules.levels();
    rules.symptoms();
    rules.stops();
    rules.triggers();
    rules.once("spec.objectives", plan.objectives(), Objective::severity);
    if (plan.release() != null) {
      rules.exist("spec.release", "gate", plan.release().gates(), rules.gates);
    }
    rules.wrong.addAll(Arguments.invalid(plan));
    return rules.wrong;
  }

  private void levels() {
    for (var level : plan.levels()) {
      var at = "spec.levels, level %s".formatted(level.name());
      exist("%s, preconditions".formatted(at), "gate", level.preconditions(), gates);
      for (var action : level.actions()) {
        exist("%s, action %s, verify".formatted(at, action.name()), "gate", action.verify(), gates);
        remembered("%s, action %s".formatted(at, action.name()), action);
      }
    }
  }

  private void symptoms() {
    once("spec.symptoms", plan.symptoms(), Symptom::name);
    for (var symptom : plan.symptoms()) {
      var at = "spec.symptoms, symptom %s".formatted(symptom.name());
      exist(at, "level", symptom.levels(), levels);
      exist(at, "gate", symptom.gates(), gates);
      exist(
          "%s, confirm (of its levels)".formatted(at),
          "level",
          symptom.confirm(),
          symptom.levels());
    }
  }

  private void stops() {
    once("spec.stopConditions", plan.stopConditions(), StopCondition::name);
    for (var stop : plan.stopConditions()) {
      var at = "spec.stopConditions, stop condition %s".formatted(stop.name());
      var level = stop.after() == null ? stop.before() : stop.after();
      exist(at, "level", List.of(level), levels);
      try {
        var when = StopConditions.compile(stop.when());
        exist("%s, when".formatted(at), "gate", StopConditions.gates(when), gates);
        exist("%s, when".formatted(at), "arg", StopConditions.args(when), args);
        if (StopConditions.gatesWithoutNames(when)) {
          wrong.add("%s, when: name each gate that it looks at, as in gates['name']".formatted(at));
        }
      } catch (InvalidExpressionException e) {
        wrong.add("%s, when: %s".formatted(at, e.getMessage()));
      }
    }
  }

  private void triggers() {
    once("spec.triggers", plan.triggers(), Trigger::name);
    var measured = plan.gates().stream().filter(Gate::standing).map(Gate::name).toList();
    for (var trigger : plan.triggers()) {
      var at = "spec.triggers, trigger %s".formatted(trigger.name());
      exist(at, "gate with use: Health that is measured repeatedly", trigger.gates(), measured);
      exist(at, "level", trigger.levels(), levels);
      if (trigger.symptom() != null) {
        exist(at, "symptom", List.of(trigger.symptom()), symptoms);
      }
      if (trigger.schedule() != null) {
        schedule(at, trigger.schedule());
      }
      withoutArgs(at, trigger);
    }
  }

  /** A trigger gives no args, so every one that its run needs must have a default. */
  private void withoutArgs(String at, Trigger trigger) {
    var run = RunBuilder.builder().symptom(trigger.symptom()).levels(trigger.levels()).build();
    Arguments.problems(plan, run, Wishes.levels(plan, run))
        .forEach(problem -> wrong.add("%s: %s, and a trigger gives none".formatted(at, problem)));
  }

  private void schedule(String at, String schedule) {
    try {
      // Whether it comes due at all does not depend on when one asks.
      if (Schedule.next(schedule, Instant.EPOCH).isEmpty()) {
        wrong.add("%s, schedule: it never comes due".formatted(at));
      }
    } catch (IllegalArgumentException e) {
      wrong.add("%s, schedule: %s".formatted(at, e.getMessage()));
    }
  }

  /** Only what is remembered as proven good can be gone back to. */
  private void remembered(String at, Action action) {
    var back = action.rollBack();
    if (back == null || back.to().lastStable() == null) {
      return;
    }
    if (plan.stable() == null) {
      wrong.add(
          "%s: it goes back to lastStable, but spec.stable does not say what is kept"
              .formatted(at));
      return;
    }
    back.workloads().stream()
        .filter(workload -> !plan.stable().workloads().contains(workload))
        .forEach(
            workload ->
                wrong.add(
                    "%s: it takes %s back to lastStable, but spec.stable.workloads does not list it"
                        .formatted(at, workload)));
  }

  private <T> void once(String at, List<T> all, Function<T, Object> key) {
    var seen = new HashSet<Object>();
    for (var one : all) {
      if (!seen.add(key.apply(one))) {
        wrong.add("%s: %s is there twice".formatted(at, key.apply(one)));
      }
    }
  }

  private void exist(String at, String what, Collection<String> named, Collection<String> known) {
    if (named != null) {
      named.stream()
          .filter(name -> !known.contains(name))
          .forEach(name -> wrong.add("%s: there is no %s %s".formatted(at, what, name)));
    }
  }
}
