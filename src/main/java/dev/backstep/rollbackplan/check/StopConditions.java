package dev.backstep.rollbackplan.check;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.StopCondition;
import dev.backstep.argument.Arguments;
import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.EvaluationFailedException;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.expression.Expressions;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Stop;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at the plan's stop conditions, with what the gates they name say at that moment. */
@ApplicationScoped
public class StopConditions {
  private static final String GATES = "gates";
  private static final String ARGS = "args";

  private static final MapType TEXTS = MapType.create(SimpleType.STRING, SimpleType.STRING);

  private static final Map<String, CelType> VARIABLES =
      Map.of(
          GATES,
          TEXTS,
          ARGS,
          TEXTS,
          "reason",
          SimpleType.STRING,
          "cause",
          SimpleType.STRING,
          "symptom",
          SimpleType.STRING);

  private static final Map<Verdict, String> WORDS =
      Map.of(
          Verdict.HEALTHY, "Healthy",
          Verdict.UNHEALTHY, "Unhealthy",
          Verdict.INCONCLUSIVE, "Inconclusive",
          Verdict.PENDING, "Inconclusive");

  private final Expressions expressions = new Expressions(VARIABLES);

  /**
   * Compiles an expression.
   *
   * @throws InvalidExpressionException when it is no condition over what it may see
   */
  static Expression compile(String when) throws InvalidExpressionException {
    return Expression.compile(when, VARIABLES);
  }

  /** The gates that an expression asks for, each once. */
  public static List<String> gates(Expression when) {
    return when.members(GATES);
  }

  /** True when it cannot be known which gates to measure for it. */
  static boolean gatesWithoutNames(Expression when) {
    return when.usesWhole(GATES);
  }

  /** The arguments that an expression asks for, each once. */
  static List<String> args(Expression when) {
    return when.members(ARGS);
  }

  /** The gates that are measured for those that concern entering the current level. */
  public List<Gate> concerned(RunSnapshot snapshot) {
    return Stop.relevant(snapshot).stream()
        .flatMap(stop -> named(stop, snapshot).stream())
        .distinct()
        .toList();
  }

  private List<Gate> named(StopCondition stop, RunSnapshot snapshot) {
    try {
      return snapshot.judges().named(gates(expressions.compiled(stop.when())));
    } catch (InvalidExpressionException e) {
      // It is looked at, fails and says so.
      return List.of();
    }
  }

  /** Those that concern entering the current level. */
  public List<Stop> of(RunSnapshot snapshot) {
    return snapshot.entering()
        ? Stop.relevant(snapshot).stream().map(stop -> of(stop, snapshot)).toList()
        : List.of();
  }

  private Stop of(StopCondition stop, RunSnapshot snapshot) {
    var verdicts = new HashMap<String, String>();
    var open = false;
    var unknown = false;
    for (var gate : named(stop, snapshot)) {
      var verdict = snapshot.verdict(gate);
      verdicts.put(gate.name(), WORDS.get(verdict));
      open |= verdict == Verdict.PENDING;
      unknown |= verdict == Verdict.INCONCLUSIVE;
    }
    if (open) {
      return new Stop(stop.name(), Verdict.PENDING, stop.message());
    }
    try {
      var met = expressions.compiled(stop.when()).test(values(snapshot, verdicts));
      return new Stop(
          stop.name(),
          met ? Verdict.UNHEALTHY : unknown ? Verdict.INCONCLUSIVE : Verdict.HEALTHY,
          stop.message());
    } catch (InvalidExpressionException | EvaluationFailedException e) {
      return new Stop(
          stop.name(),
          Verdict.UNHEALTHY,
          "%s (The condition itself failed: %s)".formatted(stop.message(), e.getMessage()));
    }
  }

  private static Map<String, Object> values(RunSnapshot snapshot, Map<String, String> verdicts) {
    var run = snapshot.plan().run();
    var wish = snapshot.wish();
    var cause = wish == null || wish.cause() == null ? run.cause() : wish.cause();
    return Map.of(
        GATES,
        verdicts,
        ARGS,
        Arguments.values(snapshot.plan(), run),
        "reason",
        run.reason(),
        "cause",
        cause == null ? "" : cause,
        "symptom",
        run.symptom() == null ? "" : run.symptom());
  }
}
