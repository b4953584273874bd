package dev.backstep.action.rollback;

import dev.backstep.action.ActionScope;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.RollBack;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Step;
import dev.backstep.object.ObjectDeletion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * A StatefulSet waits for a broken pod to become ready before it replaces it, so a corrected
 * template alone never takes effect ("forced rollback" in Kubernetes' documentation). The broken
 * pods of the old revision are deleted.
 */
@ApplicationScoped
public class StuckPods {
  private static final String REVISION = "controller-revision-hash";

  private final KubernetesClient client;
  private final WorkloadTargets targets;

  public StuckPods(KubernetesClient client, WorkloadTargets targets) {
    this.client = client;
    this.targets = targets;
  }

  /** The step that deletes stuck pods; the given one where there is none. */
  Step orElse(Step step, RollBack action, ActionScope scope) {
    var changes =
        targets.waitingForBrokenPods(action.workloads()).stream()
            .flatMap(ref -> stuck(ref, scope).stream())
            .toList();
    return changes.isEmpty() ? step : Step.todo(changes);
  }

  private List<ObjectDeletion> stuck(WorkloadRef ref, ActionScope scope) {
    var workload = targets.find(ref, scope).orElseThrow();
    return workload
        .newRevision()
        .map(revision -> stuck(workload, revision, scope))
        .orElseGet(List::of);
  }

  private List<ObjectDeletion> stuck(Workload workload, String revision, ActionScope scope) {
    return client
        .pods()
        .inNamespace(scope.namespace())
        .withLabelSelector(workload.selector())
        .list()
        .getItems()
        .stream()
        .filter(pod -> !revision.equals(pod.getMetadata().getLabels().get(REVISION)))
        .filter(pod -> !Readiness.isPodReady(pod))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(
            pod ->
                ObjectDeletion.of(
                    pod,
                    "Pod %s: deleted, it was not ready".formatted(pod.getMetadata().getName())))
        .toList();
  }
}
