package dev.backstep.argument;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Fills a run's args into its plan: {@code $(args.name)}, only in the fields that say so, each
 * escaped as its place needs it. Never in names of Secrets or hosts, and never in SQL text, where
 * {@code :name} is bound as a variable.
 */
public final class Arguments {
  private Arguments() {}

  /** What is wrong with the plan's own args, each with its place. */
  public static List<String> invalid(RollbackPlanSpec plan) {
    var declared = new Declared(plan);
    var fields = Stream.concat(levels(plan, it -> true), gates(plan, it -> true)).toList();
    var undeclared =
        fields.stream()
            .flatMap(
                field ->
                    field.args().stream().filter(it -> !declared.has(it)).map(field::undeclared));
    var misplaced = fields.stream().flatMap(field -> field.misplaced().stream());
    var defaults = declared.values(null);
    var unfitting = fields.stream().flatMap(field -> field.unfitting(defaults).stream());
    return Stream.of(
            declared.invalid(), undeclared, misplaced, withoutDefault(plan, declared), unfitting)
        .flatMap(it -> it)
        .toList();
  }

  private static Stream<String> withoutDefault(RollbackPlanSpec plan, Declared declared) {
    return plan.gates().stream()
        .filter(Gate::standing)
        .flatMap(
            gate ->
                needed(gates(plan, gate::equals))
                    .filter(declared::has)
                    .filter(name -> !declared.hasDefault(name))
                    .map(
                        name ->
                            "spec.gates, gate %s: it is measured without a run too, so arg %s needs a default"
                                .formatted(gate.name(), name)));
  }

  /**
   * What is wrong with the args a run gives; empty: they fit.
   *
   * @param levels names of the levels that the run may climb
   */
  public static List<String> problems(RollbackPlanSpec plan, Run run, Collection<String> levels) {
    var declared = new Declared(plan);
    var values = declared.values(run);
    var wrong = new ArrayList<>(declared.wrong(run).toList());
    var fields = concerned(plan, run, levels);
    needed(fields.stream())
        .filter(name -> declared.has(name) && !values.containsKey(name))
        .forEach(
            name ->
                wrong.add("arg %s is needed by the run's levels or their gates".formatted(name)));
    if (wrong.isEmpty()) {
      fields.forEach(field -> field.unfitting(values).ifPresent(wrong::add));
    }
    return wrong;
  }

  /** The names of the args that any of the fields needs, each once. */
  private static Stream<String> needed(Stream<Field> fields) {
    return fields
        .flatMap(field -> field.args().stream())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream();
  }

  /**
   * The fields of the levels that a run may climb, and of the gates that may be measured for it.
   */
  private static List<Field> concerned(RollbackPlanSpec plan, Run run, Collection<String> names) {
    var named = gatesNamed(plan, run, names);
    return Stream.concat(
            levels(plan, level -> names.contains(level.name())),
            gates(plan, gate -> gate.use() != Gate.Use.OnDemand || named.contains(gate.name())))
        .toList();
  }

  private static Set<String> gatesNamed(RollbackPlanSpec plan, Run run, Collection<String> names) {
    var named = new HashSet<String>();
    plan.levels().stream()
        .filter(level -> names.contains(level.name()))
        .forEach(level -> named.addAll(gatesNamed(level)));
    plan.symptomNamed(run.symptom()).ifPresent(it -> named.addAll(listed(it.gates())));
    named.addAll(plan.release() == null ? List.of() : plan.release().gates());
    plan.gates().stream()
        .map(Gate::name)
        .filter(gate -> plan.stopConditions().stream().anyMatch(stop -> stop.when().contains(gate)))
        .forEach(named::add);
    return named;
  }

  private static Set<String> gatesNamed(Level level) {
    var named = new HashSet<>(listed(level.gates()));
    named.addAll(listed(level.preconditions()));
    level.actions().forEach(action -> named.addAll(listed(action.verify())));
    return named;
  }

  private static <T> List<T> listed(List<T> list) {
    return list == null ? List.of() : list;
  }

  private static Stream<Field> levels(RollbackPlanSpec plan, Predicate<Level> which) {
    return fields("spec.levels", plan.levels(), which);
  }

  private static Stream<Field> gates(RollbackPlanSpec plan, Predicate<Gate> which) {
    return fields("spec.gates", plan.gates(), which);
  }

  private static <T extends Record> Stream<Field> fields(
      String path, List<T> parts, Predicate<T> which) {
    return IntStream.range(0, parts.size())
        .filter(i -> which.test(parts.get(i)))
        .mapToObj(i -> Fields.of(parts.get(i), "%s[%d]".formatted(path, i)))
        .flatMap(List::stream);
  }

  /** The plan with the run's args, and else their defaults, filled in. */
  public static RollbackPlanSpec resolve(RollbackPlanSpec plan, Run run) {
    if (plan.args().isEmpty()) {
      return plan;
    }
    var values = values(plan, run);
    return plan.with()
        .levels(filled(plan.levels(), values))
        .gates(filled(plan.gates(), values))
        .build();
  }

  private static <T extends Record> List<T> filled(List<T> parts, Map<String, String> values) {
    return parts.stream().map(it -> Fields.mapped(it, "", field -> field.filled(values))).toList();
  }

  /** What the run gives, and else the defaults, by name; without a run the defaults alone. */
  public static Map<String, String> values(RollbackPlanSpec plan, Run run) {
    return new Declared(plan).values(run);
  }
}
