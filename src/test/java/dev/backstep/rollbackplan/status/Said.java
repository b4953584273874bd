package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.condition.Conditions;
import dev.backstep.measure.Reading;
import dev.backstep.measure.Streak;
import dev.backstep.problem.Problem;
import dev.backstep.rollbackplan.view.Checks;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.GateLimits;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.RunSnapshotBuilder;
import dev.backstep.testing.PlanYaml;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What is said of a plan with three levels and two gates; tests say what is special about it. */
final class Said {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  static final String PLAN =
      """
serviceAccountName: runner
gates:
- {name: api, description: The shop must answer., use: Health, interval: 10s,
   consecutiveSuccessLimit: 1, consecutiveFailureLimit: 1, consecutiveErrorLimit: 1,
   workload: {kind: Deployment, name: web}}
- {name: web, use: Health, interval: 10s,
   consecutiveSuccessLimit: 1, consecutiveFailureLimit: 1, consecutiveErrorLimit: 1,
   workload: {kind: Deployment, name: web}}
levels:
- {name: restart, actions: [{name: a, restart: {workloads: [{kind: Deployment, name: web}]}}]}
- {name: code, actions: [{name: b, restart: {workloads: [{kind: Deployment, name: web}]}},
   {name: c, restart: {workloads: [{kind: Deployment, name: web}]}}]}
- {name: again, actions: [{name: look, manual: {text: 'Is it well?', checklist: [shop, prices]}}]}
""";

  private final Map<String, List<Problem>> problems = new HashMap<>();
  private boolean beingChecked;
  private boolean looking;
  private final Map<String, Streak> gates = new HashMap<>();
  private RollbackPlanSpec spec = PlanYaml.spec(PLAN);
  private RollbackPlanStatus before = RollbackPlanStatusBuilder.builder().build();
  private List<String> invalid = List.of();
  private RunSnapshot snapshot;
  private boolean deleted;

  /** A plan with no run, of which nothing is known yet. */
  static Said plan() {
    return new Said();
  }

  /** A run in this phase. */
  static RunStatusBuilder run(Phase phase) {
    return RunStatusBuilder.builder()
        .id("INC-1")
        .phase(phase)
        .active(phase.isOpen())
        .reason("Why")
        .message("What happened.")
        .requestedBy("alice")
        .levels(List.of());
  }

  Said with(String more) {
    spec = PlanYaml.spec(PLAN + more);
    return this;
  }

  /** One more gate. */
  Said gate(String gate) {
    spec = PlanYaml.spec(PLAN.replace("levels:", "- " + gate + "\nlevels:"));
    return this;
  }

  Said deleted() {
    deleted = true;
    return this;
  }

  Said invalid(String... wrong) {
    invalid = List.of(wrong);
    return this;
  }

  Said problem(String level, String message) {
    problems.merge(
        level,
        List.of(new Problem("Forbidden", message)),
        (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
    return this;
  }

  Said measured(String gate, Reading reading) {
    var is = spec.gates().stream().filter(it -> it.name().equals(gate)).findFirst().orElseThrow();
    gates.put(gate, Streak.startedAt(NOW).and(reading, GateLimits.of(is), NOW));
    return this;
  }

  Said measuring(String gate) {
    gates.put(gate, Streak.startedAt(NOW));
    return this;
  }

  Said run(RunStatus run) {
    before = RollbackPlanStatusBuilder.builder(before).run(run).build();
    return this;
  }

  Said status(RollbackPlanStatus status) {
    before = status;
    return this;
  }

  /** What the engine looks at: the plan as it was pinned, and the run. */
  Said snapshot(UnaryOperator<RunSnapshotBuilder> more) {
    var run = RunBuilder.builder().id("INC-1").build();
    snapshot =
        more.apply(
                RunSnapshotBuilder.builder()
                    .now(NOW)
                    .plan(spec.withRun(run))
                    .run(before.run())
                    .holds(List.of())
                    .gates(gates)
                    .stops(List.of()))
            .build();
    return this;
  }

  private Map<String, List<Problem>> checked() {
    var all = new HashMap<String, List<Problem>>(problems);
    if (!beingChecked) {
      spec.levels().forEach(it -> all.putIfAbsent(it.name(), List.of()));
    }
    return all;
  }

  /** It is not known yet what is left to do. */
  Said looking() {
    looking = true;
    return this;
  }

  /** Somebody still has to be asked whether its levels can be carried out. */
  Said beingChecked() {
    beingChecked = true;
    return this;
  }

  PlanView view() {
    var plan = new RollbackPlan();
    plan.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("shop")
            .withName("web")
            .withUid("plan-uid")
            .withGeneration(3L)
            .withDeletionTimestamp(deleted ? NOW.toString() : null)
            .build());
    plan.setSpec(spec);
    plan.setStatus(before);
    return new PlanView(
        plan, NOW, invalid, Checks.of(checked()), gates, snapshot, List.of(), looking, List.of());
  }

  /** What is said about the status that was there before. */
  Conditions by(Says says) {
    var view = view();
    var conditions = new Conditions(before.conditions(), 3L, NOW);
    says.say(conditions, view, before);
    return conditions;
  }

  static Optional<Condition> of(Conditions conditions, String type) {
    return conditions.list().stream().filter(it -> it.getType().equals(type)).findFirst();
  }

  /** Status, reason and message of the condition that must be there. */
  static String text(Conditions conditions, String type) {
    return of(conditions, type)
        .map(it -> "%s %s: %s".formatted(it.getStatus(), it.getReason(), it.getMessage()))
        .orElse("not said");
  }
}
