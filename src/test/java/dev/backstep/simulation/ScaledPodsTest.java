package dev.backstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Holder;
import dev.backstep.action.PlanFacts;
import dev.backstep.action.scale.ScaleExecutor;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.Impersonation;
import dev.backstep.effect.Author;
import dev.backstep.effect.Work;
import dev.backstep.testing.Workloads;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Scaled to zero means that no pod is left, not that the workload's status says so. */
class ScaledPodsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
  private static final WorkloadRef WORKER = new WorkloadRef(WorkloadKind.Deployment, "worker");

  private final List<Request> requests = new ArrayList<>();
  private final List<String> pods = new ArrayList<>();
  private final ClientPool.Line line = ClientPool.take(new Pods());

  /** An API server that has nothing but pods. */
  private final class Pods implements SimulatedHttpClient.Wire {
    @Override
    public Answer send(Request request) {
      requests.add(request);
      return Answer.ok(list());
    }

    private JsonNode list() {
      var list = Json.MAPPER.createObjectNode();
      list.put("apiVersion", "v1").put("kind", "PodList").putObject("metadata");
      var items = list.putArray("items");
      pods.forEach(
          name ->
              items
                  .addObject()
                  .put("apiVersion", "v1")
                  .put("kind", "Pod")
                  .putObject("metadata")
                  .put("name", name));
      return list;
    }

    @Override
    public long moment() {
      return requests.size();
    }
  }

  @AfterEach
  void stop() {
    ClientPool.giveBack(line);
  }

  /** A worker that has as many pods as are wanted, as its status says. */
  private static Deployment worker(int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(SimulatedApiServer.NAMESPACE)
        .withName("worker")
        .withGeneration(2L)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .addToMatchLabels("app", "worker")
        .endSelector()
        .withNewTemplate()
        .endTemplate()
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(2L)
        .withReplicas(replicas)
        .withUpdatedReplicas(replicas)
        .withReadyReplicas(replicas)
        .withAvailableReplicas(replicas)
        .endStatus()
        .build();
  }

  private Work left(int replicas) {
    var workload = Workloads.workload(worker(replicas));
    var scope =
        new ActionScope(
            new Author(SimulatedApiServer.NAMESPACE, "runner"),
            new Holder("RollbackPlan", "plan", "INC-1", "bs-run-1", "stop", "scale"),
            NOW,
            NOW,
            Map.of(),
            Duration.ofMinutes(10),
            Optional.empty(),
            Optional.empty(),
            1,
            List.of(),
            List.of(),
            Optional.empty(),
            PlanFacts.NONE,
            false);
    var executor =
        new ScaleExecutor(
            line.client(),
            Workloads.of(workload.object()).targets(),
            namespace -> (entry, target) -> true,
            new Autoscalers(new Impersonation(line.client())));
    return executor
        .next(new Scale(List.of(WORKER), replicas), scope)
        .toCompletableFuture()
        .join()
        .work();
  }

  @Test
  void aPodThatIsStillEndingIsWaitedFor() {
    // given
    pods.add("worker-ending");

    // when
    var work = left(0);

    // then
    assertThat(work)
        .isEqualTo(
            new Work.Rolling(
                "Old pods of Deployment worker are still ending.", Duration.ofSeconds(1)));
  }

  @Test
  void withoutAnyPodTheEffectIsThere() {
    // when
    var work = left(0);

    // then
    assertThat(work).isInstanceOf(Work.Observed.class);
  }

  @Test
  void onePodIsEnoughToKnow() {
    // when
    left(0);

    // then
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).query())
        .containsEntry("limit", "1")
        .containsEntry("labelSelector", "app=worker");
  }

  @Test
  void podsAreNotLookedAtWhereSomeAreWanted() {
    // given
    pods.add("worker-1");

    // when
    var work = left(2);

    // then
    assertThat(work).isInstanceOf(Work.Observed.class);
    assertThat(requests).isEmpty();
  }
}
