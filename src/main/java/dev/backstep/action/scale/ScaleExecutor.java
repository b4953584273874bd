package dev.backstep.action.scale;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Step;
import dev.backstep.action.Traits;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Scale;
import dev.backstep.api.v1alpha1.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.runbook.Problem;
import dev.backstep.runbook.Work;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/** Sets the number of replicas and remembers the earlier one in the ledger on the target. */
@ApplicationScoped
public class ScaleExecutor implements ActionExecutor<Scale> {
  /** Pods that are ending show in no workload's status, so no event tells when they are gone. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final KubernetesClient client;

  public ScaleExecutor(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Class<Scale> type() {
    return Scale.class;
  }

  @Override
  public Traits traits(Scale action) {
    return Traits.HOLD;
  }

  @Override
  public List<WorkloadRef> targets(Scale action) {
    return action.workloads();
  }

  @Override
  public List<Right> rights(Scale action, ActionScope scope) {
    return WorkloadTargets.patchRights(action.workloads());
  }

  @Override
  public List<Problem> preflight(Scale action, ActionScope scope) {
    return WorkloadTargets.problems(scope, action.workloads(), WorkloadTargets::paused);
  }

  @Override
  public Step next(Scale action, ActionScope scope) {
    var step =
        WorkloadTargets.step(
            scope, action.workloads(), workload -> Ledger.hold(workload, action.replicas(), scope));
    var down = action.replicas() == 0 && step.work() instanceof Work.Observed;
    return down && podsLeft(action, scope) ? stillEnding() : step;
  }

  private static Step stillEnding() {
    return Step.of(new Work.Rolling("Old pods are still ending.", LOOK_AGAIN));
  }

  private boolean podsLeft(Scale action, ActionScope scope) {
    return action.workloads().stream()
        .map(ref -> scope.workloads().find(scope.namespace(), ref).orElseThrow())
        .anyMatch(
            workload ->
                !client
                    .pods()
                    .inNamespace(scope.namespace())
                    .withLabelSelector(workload.selector())
                    .list()
                    .getItems()
                    .isEmpty());
  }

  /** One hold of each target at a time: two changes of one object could not be told apart. */
  @Override
  public Step release(List<Hold> holds, ActionScope scope) {
    var first = new LinkedHashMap<WorkloadRef, Hold>();
    holds.forEach(hold -> first.putIfAbsent(new WorkloadRef(hold.kind(), hold.name()), hold));
    return Step.todo(
        first.values().stream()
            .map(
                hold ->
                    scope
                        .workloads()
                        .find(scope.namespace(), new WorkloadRef(hold.kind(), hold.name()))
                        .map(workload -> Ledger.release(workload, hold))
                        .orElseGet(() -> Ledger.gone(hold, scope.namespace())))
            .toList());
  }
}
