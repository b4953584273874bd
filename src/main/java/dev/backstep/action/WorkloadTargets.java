package dev.backstep.action;

import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all actions on workloads have in common. */
@ApplicationScoped
public class WorkloadTargets {
  private final WorkloadLookup workloads;

  public WorkloadTargets(WorkloadLookup workloads) {
    this.workloads = workloads;
  }

  /** A workload that an action names; empty: it does not exist. */
  public Optional<Workload> find(WorkloadRef ref, ActionScope scope) {
    return workloads.find(scope.namespace(), ref);
  }

  /** All workloads that an action may reach. */
  public Stream<Workload> all(ActionScope scope) {
    return workloads.in(scope.namespace());
  }

  /** The right to patch these workloads. */
  public List<Right> patchRights(List<WorkloadRef> refs) {
    return refs.stream().collect(Collectors.groupingBy(WorkloadRef::kind)).entrySet().stream()
        .map(
            entry ->
                new Right(
                    "patch",
                    "apps",
                    Workload.resource(entry.getKey()),
                    entry.getValue().stream().map(WorkloadRef::name).toList()))
        .toList();
  }

  /** What is wrong with the workloads; {@code more} looks at each that exists. */
  public List<Problem> problems(
      ActionScope scope, List<WorkloadRef> refs, Function<Workload, Stream<Problem>> more) {
    return refs.stream()
        .flatMap(ref -> find(ref, scope).map(more).orElseGet(() -> Stream.of(absent(scope, ref))))
        .toList();
  }

  private static Problem absent(ActionScope scope, WorkloadRef ref) {
    return new Problem(
        "TargetAbsent",
        "%s does not exist in namespace %s. Create it, or take it out of action %s."
            .formatted(ref, scope.namespace(), scope.action()));
  }

  /** What would keep a changed template from being rolled out. */
  public static Stream<Problem> notRolledOut(Workload workload) {
    return Stream.concat(paused(workload), onDelete(workload));
  }

  /** With updateStrategy OnDelete nothing would be rolled out. */
  private static Stream<Problem> onDelete(Workload workload) {
    var type = updateStrategy(workload);
    return "OnDelete".equals(type)
        ? Stream.of(
            new Problem(
                "UpdateStrategyOnDelete",
                "%s has updateStrategy OnDelete, a change would not be rolled out. Set it to RollingUpdate."
                    .formatted(workload.ref())))
        : Stream.empty();
  }

  private static String updateStrategy(Workload workload) {
    if (workload.object() instanceof StatefulSet set) {
      return set.getSpec().getUpdateStrategy().getType();
    }
    return workload.object() instanceof DaemonSet set
        ? set.getSpec().getUpdateStrategy().getType()
        : null;
  }

  /** A paused Deployment would take the change and roll nothing out. */
  public static Stream<Problem> paused(Workload workload) {
    return workload.paused()
        ? Stream.of(
            new Problem(
                "TargetPaused",
                "%s is paused, a change would not be rolled out. Resume it: kubectl -n %s rollout resume deployment/%s."
                    .formatted(
                        workload.ref(),
                        workload.object().getMetadata().getNamespace(),
                        workload.ref().name())))
        : Stream.empty();
  }

  /**
   * The changes that are left; with none left, how far the roll-outs are.
   *
   * @param change a workload's change; empty: it is as wanted already
   */
  public Step step(
      ActionScope scope, List<WorkloadRef> refs, Function<Workload, Optional<ObjectPatch>> change) {
    var found = new ArrayList<Workload>();
    for (var ref : refs) {
      var workload = find(ref, scope);
      if (workload.isEmpty()) {
        return Step.impossible("TargetAbsent", absent(scope, ref).message());
      }
      found.add(workload.get());
    }
    var changes = found.stream().map(change).flatMap(Optional::stream).toList();
    return changes.isEmpty() ? Step.of(rolledOut(found)) : Step.todo(changes);
  }

  private static Work rolledOut(List<Workload> workloads) {
    Work observed = null;
    for (var workload : workloads) {
      var rollout = Rollout.of(workload);
      if (rollout.state() == Rollout.State.STUCK) {
        return new Work.Stuck(rollout.message());
      }
      if (rollout.state() == Rollout.State.RUNNING) {
        observed = new Work.Rolling(workload.ref() + ": " + rollout.message() + ".");
      }
    }
    return observed == null ? new Work.Observed(observed(workloads)) : observed;
  }

  private static String observed(List<Workload> workloads) {
    return workloads.size() == 1
        ? workloads.get(0).ref() + " is rolled out: " + Rollout.of(workloads.get(0)).message() + "."
        : "All " + workloads.size() + " workloads are rolled out.";
  }
}
