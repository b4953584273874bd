package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ladder.StopCondition;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.measure.Verdict;
import java.util.List;

/**
 * A stop condition, looked at before a level is entered.
 *
 * @param name its name in the plan
 * @param verdict HEALTHY: it is not met; UNHEALTHY: it is met; INCONCLUSIVE: a gate it asks for
 *     cannot be measured; PENDING: being measured
 * @param message what the plan says about it
 */
public record Stop(String name, Verdict verdict, String message) {
  /** The stop conditions that concern entering the current level. */
  public static List<StopCondition> relevant(RunSnapshot snapshot) {
    if (snapshot.run().level() == null) {
      return List.of();
    }
    var here = snapshot.levelStatus().name();
    var previous =
        snapshot.run().level() == 0
            ? null
            : snapshot.run().levels().get(snapshot.run().level() - 1);
    var unhealthy =
        previous == null || previous.outcome() != LevelStatus.Outcome.Unhealthy
            ? null
            : previous.name();
    return snapshot.plan().stopConditions().stream()
        .filter(
            stop ->
                here.equals(stop.before())
                    || stop.after() != null && stop.after().equals(unhealthy))
        .toList();
  }
}
