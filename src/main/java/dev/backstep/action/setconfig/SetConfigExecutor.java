package dev.backstep.action.setconfig;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.SetConfig;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Secrets;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Sets keys of a ConfigMap, or environment variables of a container, until they are given back. */
@ApplicationScoped
public class SetConfigExecutor implements ActionExecutor<SetConfig> {
  private final WorkloadTargets workloads;
  private final ConfigMapKeys configMaps;
  private final Variables variables;
  private final Secrets secrets;

  public SetConfigExecutor(
      WorkloadTargets workloads, ConfigMapKeys configMaps, Variables variables, Secrets secrets) {
    this.workloads = workloads;
    this.configMaps = configMaps;
    this.variables = variables;
    this.secrets = secrets;
  }

  @Override
  public Class<SetConfig> type() {
    return SetConfig.class;
  }

  @Override
  public Traits traits(SetConfig action) {
    return Traits.HOLD;
  }

  @Override
  public List<WorkloadRef> targets(SetConfig action) {
    return Stream.ofNullable(action.env()).map(SetConfig.Env::workload).toList();
  }

  @Override
  public List<Right> rights(SetConfig action, ActionScope scope) {
    return action.env() == null
        ? configMaps.rights(action, scope)
        : workloads.patchRights(targets(action));
  }

  @Override
  public CompletionStage<List<Problem>> preflight(SetConfig action, ActionScope scope) {
    return CompletableFuture.completedStage(
        action.env() == null
            ? configMaps.problems(action.configMap(), scope)
            : Stream.concat(
                    workloads
                        .problems(
                            scope,
                            targets(action),
                            workload -> variables.problems(workload, action.env()))
                        .stream(),
                    secrets.absent(scope.author(), action.env().set()).stream())
                .toList());
  }

  @Override
  public CompletionStage<Step> next(SetConfig action, ActionScope scope) {
    return (action.env() == null
            ? configMaps.left(action, scope)
            : workloads.step(
                scope,
                targets(action),
                workload -> variables.change(workload, action.env(), scope)))
        .now();
  }

  @Override
  public CompletionStage<Step> back(SetConfig action, Taken taken, ActionScope scope) {
    return action.env() == null ? configMaps.back(action, taken, scope) : taken.reversed();
  }
}
