package dev.backstep.rollbackplan.gather;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.Json;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.status.Evidence;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.argument.Arguments;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.effect.Author;
import dev.backstep.gate.GateSampler;
import dev.backstep.gate.GateScope;
import dev.backstep.gate.Window;
import dev.backstep.gate.Window.Watch;
import dev.backstep.measure.Pace;
import dev.backstep.measure.Streak;
import dev.backstep.rollbackplan.check.StopConditions;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.rollbackplan.watch.PlanWakeups;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says which gates are measured for a plan now, and since what moment a measurement counts. */
@ApplicationScoped
public class GateWindows {
  /** Before anything is touched, gates are not waited for longer than this. */
  private static final Duration CHECKING_PACE = Duration.ofSeconds(15);

  private final GateSampler sampler;
  private final WorkloadLookup workloads;
  private final PlanWakeups wakeups;
  private final StopConditions stops;

  public GateWindows(
      GateSampler sampler, WorkloadLookup workloads, PlanWakeups wakeups, StopConditions stops) {
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
    var key = "idle %s".formatted(deployed(plan, spec));
    var resting = PlanView.statusOf(plan).stableCandidate() == null;
    var watches =
        spec.gates().stream().filter(Gate::standing).map(gate -> new Watch(gate, key)).toList();
    var pace = resting ? Pace.RESTING : Pace.OWN;
    return measure(plan, new Window(watches, pace), scope(plan));
  }

  /**
   * While a run is open: what decides now, what shows how things are, and evidence.
   *
   * @param kept what the run's claim keeps of the world as it was at the start
   */
  Map<String, Streak> running(
      RollbackPlan plan, RunSnapshot snapshot, Map<String, JsonNode> kept, ItemAnswers answers) {
    var run = snapshot.run();
    // Not the time at which the run began: a phase may begin in the same instant, and what was
    // measured before it must not count.
    var key = run.uid() + (run.measuringSince() == null ? Phase.Pending : run.measuringSince());
    var watches = new LinkedHashMap<Gate, String>();
    snapshot.plan().gates().stream().filter(Gate::standing).forEach(gate -> watches.put(gate, key));
    snapshot.judges().decidingGates().forEach(gate -> watches.put(gate, key));
    concerned(snapshot).forEach(gate -> watches.put(gate, key));
    recorded(snapshot).forEach(gate -> watches.putIfAbsent(gate, run.uid()));
    snapshot.asked().ifPresent(gate -> watches.put(gate, run.uid() + run.askedAt()));
    var all = watches.entrySet().stream().map(e -> new Watch(e.getKey(), e.getValue())).toList();
    var pace = run.phase() == Phase.Checking ? Pace.atLeastEvery(CHECKING_PACE) : Pace.OWN;
    return measure(plan, new Window(all, pace), scope(plan, snapshot, kept, answers));
  }

  /** Evidence, and until the start is recorded what is compared with it. */
  private static List<Gate> recorded(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.Pending
        ? snapshot.judges().rememberedAtStart()
        : snapshot.judges().evidenceGates();
  }

  /** Gates that are looked at for one step only. */
  private List<Gate> concerned(RunSnapshot snapshot) {
    var gates = new ArrayList<Gate>();
    if (snapshot.entering()) {
      gates.addAll(snapshot.judges().named(snapshot.level().preconditions()));
      gates.addAll(stops.concerned(snapshot));
    }
    if (snapshot.proving()) {
      snapshot.judges().named(snapshot.action().verify()).stream()
          .filter(gate -> !gate.once())
          .forEach(gates::add);
    }
    if (snapshot.run().phase() == Phase.Releasing && snapshot.plan().release() != null) {
      gates.addAll(snapshot.judges().named(snapshot.plan().release().gates()));
    }
    return gates;
  }

  /** Nothing is measured for a plan that is being deleted or suspended. */
  Map<String, Streak> stop(RollbackPlan plan) {
    sampler.stop(plan.getMetadata().getUid());
    return Map.of();
  }

  private Map<String, Streak> measure(RollbackPlan plan, Window window, GateScope scope) {
    return sampler.measure(plan.getMetadata().getUid(), window, scope, wakeups.of(plan));
  }

  /** What is known without a run. */
  GateScope scope(RollbackPlan plan) {
    return scope(plan, plan.getSpec());
  }

  private GateScope scope(RollbackPlan plan, RollbackPlanSpec spec) {
    var author = new Author(plan.getMetadata().getNamespace(), spec.serviceAccountName());
    return GateScope.of(author, workloads).withArgs(Arguments.values(spec, spec.run()));
  }

  private GateScope scope(
      RollbackPlan plan, RunSnapshot snapshot, Map<String, JsonNode> kept, ItemAnswers answers) {
    return scope(plan, snapshot.plan())
        .with()
        .claim(Objects.requireNonNullElse(snapshot.run().claim(), ""))
        .observedAt(snapshot.observedAt())
        .atStart(atStart(snapshot))
        .kept(kept)
        .answers(answers)
        .build();
  }

  private static Map<String, JsonNode> atStart(RunSnapshot snapshot) {
    return snapshot.run().evidence().stream()
        .filter(evidence -> evidence.at() == Evidence.Moment.Start && evidence.value() != null)
        .collect(Collectors.toMap(Evidence::gate, evidence -> parsed(evidence.value())));
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "the status has a value that is no JSON: %s".formatted(json), e);
    }
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
    var out = workload.completed() ? "out" : "rolling";
    return "%s %d %s".formatted(metadata.getUid(), metadata.getGeneration(), out);
  }
}
