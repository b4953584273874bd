package dev.backstep.action.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.WorkloadKind;
import dev.backstep.cluster.Change;
import dev.backstep.cluster.ItemAnswers;
import dev.backstep.cluster.Workload;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  private static Workload worker(int replicas, Map<String, String> annotations) {
    return Workload.of(
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("worker")
            .withNamespace("shop")
            .withUid("u")
            .withGeneration(7L)
            .withAnnotations(annotations)
            .endMetadata()
            .withNewSpec()
            .withReplicas(replicas)
            .withNewTemplate()
            .endTemplate()
            .endSpec()
            .build());
  }

  private static ActionScope scope(String claim, Hold... recorded) {
    return new ActionScope(
        "shop",
        "INC-1",
        claim,
        "stop",
        "scale",
        SINCE,
        null,
        List.of(recorded),
        List.of(),
        null,
        (namespace, ref) -> Optional.empty(),
        ItemAnswers.NONE);
  }

  private static Hold hold(String claim, String original) {
    return new Hold(
        "INC-1", claim, "stop", "scale", WorkloadKind.Deployment, "worker", original, "0", SINCE);
  }

  /** What a change writes, as {@code op path value}. */
  private static List<String> writes(Change change) {
    return StreamSupport.stream(change.patch().spliterator(), false)
        .map(LedgerTest::words)
        .toList();
  }

  private static String words(JsonNode operation) {
    var value = operation.has("value") ? " " + operation.get("value").asText() : "";
    return operation.get("op").asText() + " " + operation.get("path").asText() + value;
  }

  @Test
  void theFirstHolderWritesTheNumberDownThatComesBack() {
    var change = Ledger.hold(worker(3, Map.of("a", "b")), 0, scope("one")).orElseThrow();

    assertThat(writes(change))
        .containsExactly(
            "add /spec/replicas 0",
            "add /metadata/annotations/backstep.dev~1held-replicas 3",
            "add /metadata/annotations/backstep.dev~1held-by.one INC-1/stop");
    assertThat(change.hold()).isEqualTo(hold("one", "3"));
  }

  @Test
  void theSecondHolderKeepsTheFirstOnesNumberAndDoesNotCaptureTheZero() {
    var held =
        worker(0, Map.of("backstep.dev/held-replicas", "3", "backstep.dev/held-by.one", "x"));

    var change = Ledger.hold(held, 0, scope("two")).orElseThrow();

    assertThat(writes(change))
        .containsExactly("add /metadata/annotations/backstep.dev~1held-by.two INC-1/stop");
    assertThat(change.hold().original()).isEqualTo("3");
  }

  @Test
  void whatWasStoppedBeforeIsNotHeldAndSoNeverStarted() {
    assertThat(Ledger.hold(worker(0, Map.of("a", "b")), 0, scope("one"))).isEmpty();
  }

  @Test
  void aHoldThatIsOnTheTargetButNotRecordedIsEnteredAgain() {
    var held =
        worker(0, Map.of("backstep.dev/held-replicas", "3", "backstep.dev/held-by.one", "x"));

    assertThat(Ledger.hold(held, 0, scope("one")).orElseThrow().hold()).isEqualTo(hold("one", "3"));
    assertThat(Ledger.hold(held, 0, scope("one", hold("one", "3")))).isEmpty();
  }

  @Test
  void onlyTheLastHolderPutsTheReplicasBack() {
    var both =
        worker(
            0,
            Map.of(
                "backstep.dev/held-replicas", "3",
                "backstep.dev/held-by.one", "x",
                "backstep.dev/held-by.two", "y"));
    var last =
        worker(0, Map.of("backstep.dev/held-replicas", "3", "backstep.dev/held-by.two", "y"));

    assertThat(writes(Ledger.release(both, hold("one", "3"))))
        .containsExactly("remove /metadata/annotations/backstep.dev~1held-by.one");
    assertThat(writes(Ledger.release(last, hold("two", "3"))))
        .containsExactly(
            "remove /metadata/annotations/backstep.dev~1held-by.two",
            "remove /metadata/annotations/backstep.dev~1held-replicas",
            "add /spec/replicas 3");
  }

  @Test
  void whatSomebodyElseSetMeanwhileIsLeftAndSaid() {
    var drifted =
        worker(5, Map.of("backstep.dev/held-replicas", "3", "backstep.dev/held-by.one", "x"));

    var change = Ledger.release(drifted, hold("one", "3"));

    assertThat(writes(change)).noneMatch(write -> write.contains("/spec/replicas"));
    assertThat(change.summary()).contains("somebody else set 5 replicas meanwhile");
    assertThat(change.releases()).isEqualTo(hold("one", "3"));
  }
}
