package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.RollbackPlanSpecBuilder;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.action.ActionBuilder;
import dev.backstep.api.v1alpha1.action.Restart;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.gate.GateBuilder;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.LevelBuilder;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.RunBuilder;
import dev.backstep.api.v1alpha1.ladder.Severity;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.ladder.Verification;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.Manual;
import dev.backstep.api.v1alpha1.value.WorkloadKind;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import java.time.Instant;
import java.util.List;

/** Parts of plans for tests, with the defaults of the schema. */
final class Plans {
  static final WorkloadRef WEB = new WorkloadRef(WorkloadKind.Deployment, "web");

  private Plans() {}

  static Gate gate(String name) {
    return gate(name, "2m");
  }

  static Gate gate(String name, String within) {
    return GateBuilder.builder()
        .name(name)
        .use(Gate.Use.Health)
        .interval("10s")
        .within(within)
        .consecutiveSuccessLimit(3)
        .consecutiveFailureLimit(3)
        .consecutiveErrorLimit(4)
        .workload(WEB)
        .build();
  }

  /** Measured once: a human looks. */
  static Gate manual(String name) {
    return gate(name)
        .with()
        .use(Gate.Use.OnDemand)
        .workload(null)
        .manual(new Manual("Open the shop in a browser", null))
        .build();
  }

  static Symptom symptom(List<Level> levels, String... gates) {
    return new Symptom(
        "Errors",
        null,
        Severity.Critical,
        levels.stream().map(Level::name).toList(),
        gates.length == 0 ? null : List.of(gates),
        null,
        null);
  }

  static Action action(String name) {
    return ActionBuilder.builder()
        .name(name)
        .timeout("10m")
        .holdUntil(Action.HoldUntil.Released)
        .inDrill(Action.InDrill.Preview)
        .restart(new Restart(List.of(WEB)))
        .build();
  }

  static Level level(String name, String... actions) {
    return LevelBuilder.builder()
        .name(name)
        .actions(List.of(actions).stream().map(Plans::action).toList())
        .onUnmetPrecondition(Level.Next.NextLevel)
        .onHealthy(Level.OnHealthy.Finish)
        .onUnhealthy(Level.Next.NextLevel)
        .onInconclusive(Level.Next.Ask)
        .onActionFailure(Level.Next.Ask)
        .build();
  }

  static Level gatedBy(Level level, String... gates) {
    return level.withGates(List.of(gates));
  }

  static Level onUnhealthy(Level level, Level.Next next) {
    return level.withOnUnhealthy(next);
  }

  static Level onInconclusive(Level level, Level.Next next) {
    return level.withOnInconclusive(next);
  }

  static Level onActionFailure(Level level, Level.Next next) {
    return level.withOnActionFailure(next);
  }

  static RollbackPlanSpec plan(List<Gate> gates, List<Level> levels, String soak, Run run) {
    return RollbackPlanSpecBuilder.builder()
        .serviceAccountName("runner")
        .suspend(false)
        .gates(gates)
        .levels(levels)
        .verification(new Verification(soak))
        .historyLimit(10)
        .run(run)
        .build();
  }

  static Run run(List<Level> levels, Run.Entry entry) {
    return RunBuilder.builder()
        .id("INC-42")
        .reason("the shop shows errors since 14:05")
        .requestedBy("alice")
        .levels(levels.stream().map(Level::name).toList())
        .mode(Run.Mode.Execute)
        .entry(entry)
        .state(Run.State.Running)
        .build();
  }

  static Run wishing(Run run, Run.State state, String by, Run.Answer answer) {
    return run.with().state(state).stateBy(by).answer(answer).build();
  }

  static Hold hold(String run, String name, Instant since) {
    return new Hold(
        run, "bs-run-" + run, "stop-" + name, "scale", "Deployment", name, "3", "0", since);
  }
}
