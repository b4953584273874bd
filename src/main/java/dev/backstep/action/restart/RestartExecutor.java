package dev.backstep.action.restart;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Step;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Replaces all pods by writing the annotation that kubectl rollout restart writes. */
@ApplicationScoped
public class RestartExecutor implements ActionExecutor<Restart> {
  private final WorkloadTargets targets;

  public RestartExecutor(WorkloadTargets targets) {
    this.targets = targets;
  }

  @Override
  public Class<Restart> type() {
    return Restart.class;
  }

  @Override
  public List<WorkloadRef> targets(Restart action) {
    return action.workloads();
  }

  @Override
  public List<Right> rights(Restart action, ActionScope scope) {
    return targets.patchRights(action.workloads());
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Restart action, ActionScope scope) {
    return CompletableFuture.completedStage(
        targets.problems(scope, action.workloads(), Workload::notRolledOut));
  }

  @Override
  public CompletionStage<Step> next(Restart action, ActionScope scope) {
    return targets.step(scope, action.workloads(), workload -> change(workload, scope)).now();
  }

  private Optional<ObjectPatch> change(Workload workload, ActionScope scope) {
    var summary = "%s: restart all pods".formatted(workload.ref());
    return workload.restartedSince(scope.since())
        ? Optional.empty()
        : Optional.of(targets.restart(workload, scope.since(), Inverse.NONE, summary));
  }
}
