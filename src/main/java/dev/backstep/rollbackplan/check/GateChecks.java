package dev.backstep.rollbackplan.check;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.cluster.Permissions;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.problem.Problem;
import dev.backstep.resource.Together;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What can be known of gates before they are needed. */
@ApplicationScoped
public class GateChecks {
  /** No gate may take longer to say what is in its way. */
  private static final Duration LIMIT = Duration.ofSeconds(50);

  private static final String LOOKS_BACK =
      "Gate %s looks %d s back, but has to be healthy within %s after a level acted: what was bad before that may be all it sees. Make within longer, or the range shorter.";
  private static final String NOT_CHECKED =
      "It could not be found out whether it can be measured: %s. See to it that what it asks answers.";

  private final Probes probes;

  public GateChecks(Probes probes) {
    this.probes = probes;
  }

  /**
   * What keeps gates from being measured, by gate; those that nothing keeps are not in it. Those
   * that are measured all the time are not tried: their condition says it.
   */
  CompletionStage<Map<String, List<Problem>>> problems(
      List<Gate> gates, Permissions permissions, GateScope scope) {
    return Together.named(
            gates.stream()
                .collect(Collectors.toMap(Gate::name, gate -> of(gate, permissions, scope))))
        .thenApply(
            found -> {
              found.values().removeIf(List::isEmpty);
              return found;
            });
  }

  private CompletionStage<List<Problem>> of(Gate gate, Permissions permissions, GateScope scope) {
    var rights = probes.rights(gate);
    var denied = rights.isEmpty() ? List.<Problem>of() : permissions.problems(rights);
    return !denied.isEmpty() || gate.standing()
        ? CompletableFuture.completedStage(denied)
        : tried(gate, scope);
  }

  private CompletionStage<List<Problem>> tried(Gate gate, GateScope scope) {
    return probes
        .preflight(gate, scope.of(gate))
        .toCompletableFuture()
        .copy()
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(error -> List.of(notChecked(Together.cause(error))));
  }

  private static Problem notChecked(Throwable error) {
    var why =
        error.getMessage() == null
            ? "there was no answer within %d s".formatted(LIMIT.toSeconds())
            : error.getMessage();
    return new Problem("NotChecked", NOT_CHECKED.formatted(why));
  }

  /** What may not be meant as it is written. */
  List<String> doubts(List<Gate> gates) {
    return gates.stream()
        .filter(gate -> gate.use() != Gate.Use.Evidence)
        .filter(gate -> probes.looksBack(gate).compareTo(Durations.of(gate.within())) > 0)
        .map(
            gate ->
                LOOKS_BACK.formatted(
                    gate.name(), probes.looksBack(gate).toSeconds(), gate.within()))
        .toList();
  }
}
