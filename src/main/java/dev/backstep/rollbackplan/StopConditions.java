package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.StopCondition;
import dev.backstep.argument.Arguments;
import dev.backstep.expression.Expression;
import dev.backstep.expression.Expression.InvalidExpressionException;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Stop;
import dev.backstep.runbook.Verdict;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Looks at the plan's stop conditions, with what the gates they name say at that moment. */
final class StopConditions {
  private static final MapType TEXTS = MapType.create(SimpleType.STRING, SimpleType.STRING);

  private static final Map<String, CelType> VARIABLES =
      Map.of(
          "gates", TEXTS,
          "args", TEXTS,
          "reason", SimpleType.STRING,
          "cause", SimpleType.STRING,
          "symptom", SimpleType.STRING);

  private static final Map<Verdict, String> WORDS =
      Map.of(
          Verdict.HEALTHY, "Healthy",
          Verdict.UNHEALTHY, "Unhealthy",
          Verdict.INCONCLUSIVE, "Inconclusive",
          Verdict.PENDING, "Inconclusive");

  /** As CEL may write it: gates['name'], gates["name"], and gates.name where it is no function. */
  private static final Pattern GATE = named("gates");

  private static final Pattern ARGUMENT = named("args");

  private static Pattern named(String map) {
    return Pattern.compile(
        "\\b"
            + map
            + "\\s*(?:\\[\\s*['\"]([a-z0-9_-]+)['\"]\\s*\\]"
            + "|\\.\\s*([a-z][a-z0-9_]*+)(?!\\s*\\())");
  }

  private StopConditions() {}

  /** The gates that an expression asks for, each once. */
  static List<String> gates(String when) {
    return names(GATE, when);
  }

  /** The arguments that an expression asks for, each once. */
  static List<String> args(String when) {
    return names(ARGUMENT, when);
  }

  private static List<String> names(Pattern pattern, String when) {
    return pattern
        .matcher(when)
        .results()
        .map((MatchResult match) -> match.group(1) == null ? match.group(2) : match.group(1))
        .distinct()
        .toList();
  }

  /**
   * Compiles an expression.
   *
   * @throws InvalidExpressionException when it is no condition over what it may see
   */
  static Expression compile(String when) throws InvalidExpressionException {
    return Expression.compile(when, VARIABLES);
  }

  /** Those that concern entering the current level. */
  static List<Stop> of(RunSnapshot snapshot) {
    return snapshot.entering()
        ? snapshot.relevantStops().stream().map(stop -> of(stop, snapshot)).toList()
        : List.of();
  }

  private static Stop of(StopCondition stop, RunSnapshot snapshot) {
    var verdicts = new HashMap<String, String>();
    var open = false;
    var unknown = false;
    for (var gate : snapshot.named(gates(stop.when()))) {
      var verdict = snapshot.verdict(gate);
      verdicts.put(gate.name(), WORDS.get(verdict));
      open |= verdict == Verdict.PENDING;
      unknown |= verdict == Verdict.INCONCLUSIVE;
    }
    if (open) {
      return new Stop(stop.name(), Verdict.PENDING, stop.message());
    }
    try {
      var met = compile(stop.when()).test(values(snapshot, verdicts));
      return new Stop(
          stop.name(),
          met ? Verdict.UNHEALTHY : unknown ? Verdict.INCONCLUSIVE : Verdict.HEALTHY,
          stop.message());
    } catch (InvalidExpressionException | CelEvaluationException e) {
      return new Stop(
          stop.name(),
          Verdict.UNHEALTHY,
          stop.message() + " (The condition itself failed: " + e.getMessage() + ")");
    }
  }

  private static Map<String, Object> values(RunSnapshot snapshot, Map<String, String> verdicts) {
    var run = snapshot.plan().run();
    var wish = snapshot.wish();
    var cause = wish == null || wish.cause() == null ? run.cause() : wish.cause();
    return Map.of(
        "gates",
        verdicts,
        "args",
        Arguments.values(snapshot.plan(), run),
        "reason",
        run.reason(),
        "cause",
        cause == null ? "" : cause,
        "symptom",
        run.symptom() == null ? "" : run.symptom());
  }
}
