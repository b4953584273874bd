package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Before anything is touched: phases Pending and Checking. */
final class Beginning {
  /** So long the gates may be undecided before the first level acts all the same. */
  private static final Duration CHECKING_LIMIT = Duration.ofSeconds(60);

  /** A gate that says now this, now that for so long is not healthy. */
  private static final Duration FLAPPING_LIMIT = Duration.ofMinutes(10);

  private Beginning() {}

  static Decision pending(RunSnapshot snapshot) {
    var steps = new Steps(snapshot);
    var first = snapshot.nextLevel().name();
    var problems = snapshot.problems().getOrDefault(first, List.of());
    if (!problems.isEmpty()) {
      return steps.ask(Ask.PREFLIGHT, problem(first, problems));
    }
    if (snapshot.plan().run().entry() == Run.Entry.Always) {
      return steps.nextLevel(null, "The run begins without looking first (entry: Always).");
    }
    return steps.measure(
        Phase.Checking,
        Reasons.PREFLIGHT_PASSED,
        "The first level can be carried out. The gates are measured before anything is touched.");
  }

  static String problem(String level, List<Problem> problems) {
    return "Level "
        + level
        + " cannot be carried out: "
        + problems.stream().map(Problem::message).collect(Collectors.joining(" "));
  }

  static Decision checking(RunSnapshot snapshot) {
    var steps = new Steps(snapshot);
    var gates = Gates.now(snapshot);
    return switch (gates.verdict()) {
      case UNHEALTHY -> steps.nextLevel(null, gates.message());
      case HEALTHY ->
          steps.finish(
              LevelStatus.Outcome.Healthy,
              Reasons.ALREADY_HEALTHY,
              gates.message()
                  + " Nothing was touched. If something is wrong that no gate sees, start a new run"
                  + " with entry: Always.");
      case INCONCLUSIVE ->
          // A level that destroys nothing may act on a system that cannot be measured: a database
          // that is down is the emergency.
          steps.nextLevel(null, gates.message());
      case PENDING -> {
        var limit = snapshot.run().measuringSince().plus(CHECKING_LIMIT);
        var over = !snapshot.now().isBefore(limit);
        var flapping = !snapshot.now().isBefore(limit.plus(FLAPPING_LIMIT));
        yield over && Gates.anyError(snapshot) || flapping
            ? steps.nextLevel(null, gates.message())
            : new Wait(over ? limit.plus(FLAPPING_LIMIT) : limit);
      }
    };
  }
}
