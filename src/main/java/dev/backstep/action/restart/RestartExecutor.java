package dev.backstep.action.restart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Step;
import dev.backstep.action.Traits;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Change;
import dev.backstep.cluster.ChangeBuilder;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Workload;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Replaces all pods by writing the annotation that kubectl rollout restart writes. */
@ApplicationScoped
public class RestartExecutor implements ActionExecutor<Restart> {
  private final PodTemplates templates;

  public RestartExecutor(PodTemplates templates) {
    this.templates = templates;
  }

  @Override
  public Class<Restart> type() {
    return Restart.class;
  }

  @Override
  public Traits traits(Restart action) {
    return Traits.ONE_WAY;
  }

  @Override
  public List<WorkloadRef> targets(Restart action) {
    return action.workloads();
  }

  @Override
  public List<Right> rights(Restart action, ActionScope scope) {
    return WorkloadTargets.patchRights(action.workloads());
  }

  @Override
  public List<Problem> preflight(Restart action, ActionScope scope) {
    return WorkloadTargets.problems(scope, action.workloads(), WorkloadTargets::notRolledOut);
  }

  @Override
  public Step next(Restart action, ActionScope scope) {
    return WorkloadTargets.step(scope, action.workloads(), workload -> change(workload, scope));
  }

  private Optional<Change> change(Workload workload, ActionScope scope) {
    if (PodTemplates.restartedSince(workload.template(), scope.since())) {
      return Optional.empty();
    }
    var live = templates.json(workload.template());
    var wanted = PodTemplates.restarted(live, scope.since());
    return Optional.of(
        ChangeBuilder.of(workload.object())
            .set(
                PodTemplates.POINTER + "/metadata",
                live.path("metadata").isMissingNode()
                    ? JsonNodeFactory.instance.nullNode()
                    : live.path("metadata"),
                wanted.path("metadata"))
            .build(workload.ref() + ": restart all pods"));
  }
}
