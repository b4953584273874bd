package dev.backstep.action.scale;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.Taken;
import dev.backstep.action.Traits;
import dev.backstep.action.WorkloadTargets;
import dev.backstep.api.v1alpha1.action.Scale;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.cluster.Autoscalers;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.HolderLookup.Holding;
import dev.backstep.cluster.Workload;
import dev.backstep.effect.Step;
import dev.backstep.effect.Target;
import dev.backstep.effect.Work;
import dev.backstep.object.ObjectPatch;
import dev.backstep.object.PatchBuilder;
import dev.backstep.problem.Problem;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Sets the number of replicas and remembers the earlier one in the ledger on the target. */
@ApplicationScoped
public class ScaleExecutor implements ActionExecutor<Scale> {
  /** Pods that are ending show in no workload's status, so no event tells when they are gone. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final WorkloadTargets targets;
  private final HolderLookup holders;
  private final Autoscalers autoscalers;

  public ScaleExecutor(
      KubernetesClient client,
      WorkloadTargets targets,
      HolderLookup holders,
      Autoscalers autoscalers) {
    this.client = client;
    this.targets = targets;
    this.holders = holders;
    this.autoscalers = autoscalers;
  }

  @Override
  public Class<Scale> type() {
    return Scale.class;
  }

  @Override
  public Traits traits(Scale action) {
    return Traits.SHARED_HOLD;
  }

  @Override
  public List<WorkloadRef> targets(Scale action) {
    return action.workloads();
  }

  @Override
  public List<Right> rights(Scale action, ActionScope scope) {
    return Stream.concat(
            targets.patchRights(action.workloads()).stream(), Stream.of(Autoscalers.LIST))
        .toList();
  }

  @Override
  public CompletionStage<List<Problem>> preflight(Scale action, ActionScope scope) {
    var seen = autoscalers.of(scope.author());
    return CompletableFuture.completedStage(
        targets.problems(
            scope,
            action.workloads(),
            workload ->
                Stream.of(
                        targets.itself(workload, scope),
                        workload.paused(),
                        autoscaled(action, workload, seen, scope))
                    .flatMap(problems -> problems)));
  }

  /** A number above 0 is what an autoscaler chooses; with 0 replicas it leaves a workload alone. */
  private static Stream<Problem> autoscaled(
      Scale action, Workload workload, Autoscalers.Seen seen, ActionScope scope) {
    var wanted = action.replicas();
    return wanted == 0
        ? Stream.empty()
        : seen.of(workload.ref()).stream()
            .map(limits -> LedgerTexts.wouldNotLast(workload, wanted, limits, scope.action()))
            .map(why -> new Problem("TargetAutoscaled", why));
  }

  @Override
  public CompletionStage<Step> next(Scale action, ActionScope scope) {
    return left(action, scope).now();
  }

  private Step left(Scale action, ActionScope scope) {
    var there = action.workloads().stream().filter(ref -> !isGone(ref, scope)).toList();
    if (there.isEmpty()) {
      return Step.done("nothing of what was scaled exists any more.");
    }
    return left(new Scale(there, action.replicas()), scope, holders.in(scope.namespace()));
  }

  /** One that somebody deleted after it was scaled has no replicas either. */
  private boolean isGone(WorkloadRef ref, ActionScope scope) {
    return scope.doneAt().isPresent()
        && scope.held(new Target(ref.kind().name(), ref.name())).isPresent()
        && targets.find(ref, scope).isEmpty();
  }

  private Step left(Scale action, ActionScope scope, Holding known) {
    var itself =
        workloads(action, scope).flatMap(workload -> targets.itself(workload, scope)).findFirst();
    if (itself.isPresent()) {
      return Step.impossible(itself.get().reason(), itself.get().message());
    }
    var obstacles =
        workloads(action, scope)
            .map(workload -> Ledger.obstacle(workload, action.replicas(), scope, known))
            .flatMap(Optional::stream)
            .toList();
    if (!obstacles.isEmpty()) {
      return Step.of(new Work.Held(String.join(" ", obstacles)));
    }
    var step =
        targets.step(
            scope, action.workloads(), workload -> Ledger.hold(workload, action.replicas(), scope));
    var down = action.replicas() == 0 && step.work() instanceof Work.Observed;
    return down ? withPods(action, scope).map(ScaleExecutor::stillEnding).orElse(step) : step;
  }

  private Stream<Workload> workloads(Scale action, ActionScope scope) {
    return action.workloads().stream()
        .map(ref -> targets.find(ref, scope))
        .flatMap(Optional::stream);
  }

  private static Step stillEnding(Workload workload) {
    return Step.of(
        new Work.Rolling("Old pods of %s are still ending.".formatted(workload.ref()), LOOK_AGAIN));
  }

  /** The first that has a pod: one is enough to know, however many there are. */
  private Optional<Workload> withPods(Scale action, ActionScope scope) {
    var one = new ListOptionsBuilder().withLimit(1L).build();
    return workloads(action, scope)
        .filter(
            workload ->
                !client
                    .pods()
                    .inNamespace(scope.namespace())
                    .withLabelSelector(workload.selector())
                    .list(one)
                    .getItems()
                    .isEmpty())
        .findFirst();
  }

  /** The ledger says what comes back, because others may hold the same workloads. */
  @Override
  public CompletionStage<Step> back(Scale action, Taken taken, ActionScope scope) {
    return (taken.held().isEmpty()
            ? Step.of(givenBack(taken.everHeld(), scope))
            : release(taken.held(), scope))
        .now();
  }

  /**
   * One hold of each target at a time: two changes of one object could not be told apart. What can
   * be given back is; then a human is told what cannot.
   */
  private Step release(List<Hold> holds, ActionScope scope) {
    var known = holders.in(scope.namespace());
    var seen = autoscalers.of(scope.author());
    var first = new LinkedHashMap<WorkloadRef, Hold>();
    holds.forEach(hold -> first.putIfAbsent(Ledger.target(hold), hold));
    var changes = new ArrayList<ObjectPatch>();
    var blocked = new ArrayList<String>();
    first.forEach(
        (target, hold) -> {
          var giving = givingBack(target, hold, scope, known, seen);
          if (giving instanceof GivingBack.Decision.Possible possible) {
            changes.add(possible.change());
          } else {
            blocked.add(((GivingBack.Decision.Blocked) giving).why());
          }
        });
    return changes.isEmpty()
        ? Step.impossible("ReleaseBlocked", String.join(" ", blocked))
        : Step.todo(changes);
  }

  private GivingBack.Decision givingBack(
      WorkloadRef target, Hold hold, ActionScope scope, Holding known, Autoscalers.Seen seen) {
    return targets
        .find(target, scope)
        .map(workload -> new GivingBack(workload, hold, known, seen).decide())
        .orElseGet(
            () ->
                new GivingBack.Decision.Possible(
                    PatchBuilder.gone(hold, targets.apiVersion(target), scope.namespace())));
  }

  private Work givenBack(List<Hold> holds, ActionScope scope) {
    var seen = autoscalers.of(scope.author());
    var others = new ArrayList<String>();
    for (var hold : holds) {
      targets
          .find(Ledger.target(hold), scope)
          .flatMap(workload -> GivingBack.otherwise(workload, hold, seen))
          .ifPresent(others::add);
    }
    return others.isEmpty()
        ? new Work.Observed("what it held is given back.")
        : new Work.Drifted(String.join(" ", others));
  }
}
