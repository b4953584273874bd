package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.PodTemplates;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.cluster.WorkloadType;
import dev.backstep.cluster.WorkloadTypes;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.object.Edit.Inverse;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all actions on workloads have in common. */
@ApplicationScoped
public class WorkloadTargets {
  /** A label that the chart puts on the operator's own Deployment. */
  private static final String ITSELF = "backstep.dev/operator";

  private final WorkloadLookup workloads;
  private final WorkloadTypes types;
  private final PodTemplates templates;

  public WorkloadTargets(WorkloadLookup workloads, WorkloadTypes types, PodTemplates templates) {
    this.workloads = workloads;
    this.types = types;
    this.templates = templates;
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
        .map(entry -> patchRight(types.of(entry.getKey()), entry.getValue()))
        .toList();
  }

  private static Right patchRight(WorkloadType<?> type, List<WorkloadRef> refs) {
    return new Right(
        "patch", type.group(), type.resource(), refs.stream().map(WorkloadRef::name).toList());
  }

  /** The API version of a workload's kind. */
  public String apiVersion(WorkloadRef ref) {
    return HasMetadata.getApiVersion(types.of(ref.kind()).type());
  }

  /** Those of the workloads whose broken pods keep newer ones from being made. */
  public List<WorkloadRef> waitingForBrokenPods(List<WorkloadRef> refs) {
    return refs.stream().filter(ref -> types.of(ref.kind()).waitsForBrokenPods()).toList();
  }

  /** True when a workload has the very stamp that {@link #restart} with this time leaves. */
  public boolean stamped(Workload workload, Instant time) {
    var stamp = workload.restart(templates, time);
    return stamp.before().equals(stamp.after());
  }

  /** Replaces all pods of a workload. */
  public ObjectPatch restart(Workload workload, Instant time, Inverse inverse, String summary) {
    var stamp = workload.restart(templates, time);
    return PatchBuilder.of(workload.object())
        .set(stamp.pointer(), stamp.before(), stamp.after(), inverse)
        .build(summary);
  }

  /** What is wrong with the workloads; {@code more} looks at each that exists. */
  public List<Problem> problems(
      ActionScope scope, List<WorkloadRef> refs, Function<Workload, Stream<Problem>> more) {
    return refs.stream()
        .flatMap(ref -> find(ref, scope).map(more).orElseGet(() -> Stream.of(absent(scope, ref))))
        .toList();
  }

  /** With no replicas it would give nothing back, and itself neither. */
  public Stream<Problem> itself(Workload workload, ActionScope scope) {
    var labels = workload.object().getMetadata().getLabels();
    return labels == null || !labels.containsKey(ITSELF)
        ? Stream.empty()
        : Stream.of(
            new Problem(
                "TargetIsBackstep",
                "%s is Backstep itself, which would give nothing back any more. Take it out of %s."
                    .formatted(workload.ref(), scope.action())));
  }

  private Problem absent(ActionScope scope, WorkloadRef ref) {
    return workloads
        .missing(ref.kind())
        .map(part -> notInstalled(scope, ref, part))
        .orElseGet(
            () ->
                new Problem(
                    "TargetAbsent",
                    "%s does not exist in namespace %s. Create it, or take it out of action %s."
                        .formatted(ref, scope.namespace(), scope.action())));
  }

  private static Problem notInstalled(ActionScope scope, WorkloadRef ref, String part) {
    return new Problem(
        "KindAbsent",
        "%s is not installed in the cluster, so there is no %s. Install it, or take that out of action %s."
            .formatted(part, ref, scope.action()));
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
        var absent = absent(scope, ref);
        return Step.impossible(absent.reason(), absent.message());
      }
      found.add(workload.get());
    }
    var changes = found.stream().map(change).flatMap(Optional::stream).toList();
    return changes.isEmpty() ? Step.of(rolledOut(found)) : Step.todo(changes);
  }

  /**
   * True while pods are replaced because of what this action sent last. All was looked at before
   * that was sent, so what is asked of others need not be asked again at each change of a pod: what
   * somebody changes meanwhile is found at the end. Where it takes more than half of the action's
   * time it is looked at all the same, while there is time left to change it again.
   */
  public boolean rollOutGoesOn(ActionScope scope, List<WorkloadRef> refs) {
    return scope
        .landed()
        .filter(last -> scope.now().isBefore(last.endedAt().plus(scope.timeout().dividedBy(2))))
        .filter(last -> refs.stream().anyMatch(ref -> rollsOut(ref, last, scope)))
        .isPresent();
  }

  private boolean rollsOut(WorkloadRef ref, EffectStatus effect, ActionScope scope) {
    return find(ref, scope)
        .filter(workload -> scope.lastEffect(workload.object()).filter(effect::equals).isPresent())
        .filter(workload -> workload.rollout().state() == Rollout.State.RUNNING)
        .isPresent();
  }

  private static Work rolledOut(List<Workload> workloads) {
    Work observed = null;
    for (var workload : workloads) {
      var rollout = workload.rollout();
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
        ? workloads.get(0).ref() + " is rolled out: " + workloads.get(0).rollout().message() + "."
        : "All %s workloads are rolled out.".formatted(workloads.size());
  }
}
