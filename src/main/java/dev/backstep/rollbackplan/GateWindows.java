package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.gate.GateSampler;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Window;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Streak;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says which gates are measured for a plan now, and since what moment a measurement counts. */
@ApplicationScoped
public class GateWindows {
  /** Before anything is touched, gates are not waited for longer than this. */
  private static final Duration CHECKING_PACE = Duration.ofSeconds(15);

  private final GateSampler sampler;
  private final WorkloadLookup workloads;
  private final Wakeups wakeups;
  private final StopConditions stops;

  public GateWindows(
      GateSampler sampler, WorkloadLookup workloads, Wakeups wakeups, StopConditions stops) {
    this.stops = stops;
    this.sampler = sampler;
    this.workloads = workloads;
    this.wakeups = wakeups;
  }

  /** While no run is open: the Health gates that are measured again and again. */
  Map<String, Streak> idle(RollbackPlan plan) {
    if (PlanView.suspended(plan) || plan.isMarkedForDeletion()) {
      return stop(plan);
    }
    var spec = Arguments.resolve(plan.getSpec(), null);
    var key = "idle " + deployed(plan, spec);
    var resting = PlanView.statusOf(plan).stableCandidate() == null;
    var watches =
        spec.gates().stream().filter(Gate::standing).map(gate -> new Watch(gate, key)).toList();
    return measure(plan, spec, new Window(watches, null, resting), ItemAnswers.NONE);
  }

  /** While a run is open: what decides now, what shows how things are, and evidence. */
  Map<String, Streak> running(RollbackPlan plan, RunSnapshot snapshot, ItemAnswers answers) {
    var run = snapshot.run();
    // Not the time at which the run began: a phase may begin in the same instant, and what was
    // measured before it must not count.
    var key = run.uid() + (run.measuringSince() == null ? Phase.Pending : run.measuringSince());
    var watches = new LinkedHashMap<Gate, String>();
    snapshot.plan().gates().stream().filter(Gate::standing).forEach(gate -> watches.put(gate, key));
    snapshot.decidingGates().forEach(gate -> watches.put(gate, key));
    concerned(snapshot).forEach(gate -> watches.put(gate, key));
    snapshot.evidenceGates().forEach(gate -> watches.putIfAbsent(gate, run.uid()));
    if (run.phase() == Phase.Verifying && run.asking() != null) {
      snapshot
          .named(List.of(run.asking()))
          .forEach(gate -> watches.put(gate, run.uid() + run.askedAt()));
    }
    var all = watches.entrySet().stream().map(e -> new Watch(e.getKey(), e.getValue())).toList();
    var pace = run.phase() == Phase.Checking ? CHECKING_PACE : null;
    return measure(plan, snapshot.plan(), new Window(all, pace, false), answers);
  }

  /** Gates that are looked at for one step only. */
  private List<Gate> concerned(RunSnapshot snapshot) {
    var gates = new ArrayList<Gate>();
    if (snapshot.entering()) {
      gates.addAll(snapshot.named(snapshot.level().preconditions()));
      gates.addAll(stops.concerned(snapshot));
    }
    if (snapshot.proving()) {
      gates.addAll(snapshot.named(snapshot.action().verify()));
    }
    if (snapshot.run().phase() == Phase.Releasing && snapshot.plan().release() != null) {
      gates.addAll(snapshot.named(snapshot.plan().release().gates()));
    }
    return gates;
  }

  /** Nothing is measured for a plan that is being deleted or suspended. */
  Map<String, Streak> stop(RollbackPlan plan) {
    sampler.stop(plan.getMetadata().getUid());
    return Map.of();
  }

  private Map<String, Streak> measure(
      RollbackPlan plan, RollbackPlanSpec spec, Window window, ItemAnswers answers) {
    var scope =
        new GateScope(
            plan.getMetadata().getNamespace(), spec.serviceAccountName(), null, workloads, answers);
    return sampler.measure(plan.getMetadata().getUid(), window, scope, wakeups.of(plan));
  }

  /**
   * What is deployed: after a release, health is measured afresh. Whether pods are ready is what
   * gates measure, so it begins nothing anew.
   */
  private String deployed(RollbackPlan plan, RollbackPlanSpec spec) {
    if (spec.stable() == null) {
      return "";
    }
    return spec.stable().workloads().stream()
        .map(ref -> workloads.find(plan.getMetadata().getNamespace(), ref))
        .flatMap(Optional::stream)
        .map(GateWindows::release)
        .collect(Collectors.joining(" "));
  }

  private static String release(Workload workload) {
    var metadata = workload.object().getMetadata();
    var out = Rollout.completed(workload) ? "out" : "rolling";
    return "%s %d %s".formatted(metadata.getUid(), metadata.getGeneration(), out);
  }
}
