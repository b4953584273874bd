package dev.backstep.rollbackplan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateProbe;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Probes;
import dev.backstep.measure.Reading;
import dev.backstep.problem.Problem;
import dev.backstep.simulation.MemoryCluster;
import dev.backstep.testing.PlanYaml;
import dev.backstep.testing.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is found wrong with gates before they are needed. */
class GateChecksTest {
  private static final String WEB = ", workload: {kind: Deployment, name: web}";
  private static final Problem GONE = new Problem("SecretMissing", "Secret db does not exist.");

  private final MemoryCluster cluster = new MemoryCluster();
  private final GateChecks checks = new GateChecks(new Probes(List.of(new Gauge())));

  /** Needs a Secret that is not there, and looks five minutes back. */
  private static final class Gauge implements GateProbe<WorkloadRef> {
    @Override
    public Class<WorkloadRef> type() {
      return WorkloadRef.class;
    }

    @Override
    public List<Right> rights(WorkloadRef gate) {
      return Right.ofSecrets(Stream.of("db"));
    }

    @Override
    public CompletionStage<List<Problem>> preflight(WorkloadRef gate, GateScope scope) {
      return gate.name().equals("silent")
          ? CompletableFuture.failedStage(new IllegalStateException("no answer"))
          : CompletableFuture.completedStage(List.of(GONE));
    }

    @Override
    public Duration looksBack(WorkloadRef gate) {
      return Duration.ofMinutes(5);
    }

    @Override
    public CompletionStage<Reading> measure(WorkloadRef gate, GateScope scope) {
      return CompletableFuture.completedStage(Reading.green("fine"));
    }
  }

  private static List<Gate> gates(String... gates) {
    var all =
        Stream.of(gates)
            .map(gate -> gate.contains("workload") ? gate : gate + WEB)
            .map("- {%s}\n"::formatted)
            .reduce("gates:\n", String::concat);
    return PlanYaml.spec(all).gates();
  }

  private Map<String, List<Problem>> problems(boolean allowed, String... gates) {
    cluster.given("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}");
    cluster.review("selfsubjectrulesreviews", "incomplete: false\nresourceRules: []");
    cluster.review("selfsubjectaccessreviews", "allowed: " + allowed);
    var author = new Author(MemoryCluster.NAMESPACE, "runner");
    var permissions = cluster.bean(Access.class).of(author.namespace(), author.serviceAccount());
    var scope = GateScope.of(author, Workloads.of());
    return checks.problems(gates(gates), permissions, scope).toCompletableFuture().join();
  }

  @Test
  void aRightThatIsMissingIsRedForEveryGate() {
    assertThat(problems(false, "name: a, use: Health", "name: b, use: OnDemand"))
        .containsOnlyKeys("a", "b")
        .allSatisfy(
            (name, found) ->
                assertThat(found)
                    .singleElement()
                    .satisfies(it -> assertThat(it.message()).contains("may not get secrets: db")));
  }

  @Test
  void whatIsMeasuredAllTheTimeIsNotTried() {
    assertThat(
            problems(
                true, "name: a, use: Health", "name: b, use: OnDemand", "name: c, use: Evidence"))
        .isEqualTo(Map.of("b", List.of(GONE), "c", List.of(GONE)));
  }

  @Test
  void whatDoesNotAnswerIsSaid() {
    var silent = "name: a, use: OnDemand, workload: {kind: Deployment, name: silent}";

    assertThat(problems(true, silent).get("a"))
        .singleElement()
        .satisfies(
            it -> assertThat(it.message()).contains("whether it can be measured: no answer."));
  }

  @Test
  void aGateThatLooksFurtherBackThanItHasTimeIsDoubted() {
    assertThat(checks.doubts(gates("name: a, within: 2m", "name: b, within: 5m")))
        .containsExactly(
            "Gate a looks 300 s back, but has to be healthy within 2m after a level acted: what was bad before that may be all it sees. Make within longer, or the range shorter.");
    assertThat(checks.doubts(gates("name: a, within: 2m, use: Evidence"))).isEmpty();
  }
}
