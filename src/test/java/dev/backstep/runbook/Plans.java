package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Action;
import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.Restart;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.api.v1alpha1.Verification;
import dev.backstep.api.v1alpha1.WorkloadKind;
import dev.backstep.api.v1alpha1.WorkloadRef;
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
    return new Gate(name, null, "10s", within, 3, 3, 4, null, WEB);
  }

  static Action action(String name) {
    return new Action(name, "10m", null, new Restart(List.of(WEB)), null);
  }

  static Level level(String name, String... actions) {
    return new Level(
        name,
        null,
        List.of(actions).stream().map(Plans::action).toList(),
        null,
        Level.Next.NextLevel,
        Level.Next.Ask,
        Level.Next.Ask);
  }

  static Level gatedBy(Level level, String... gates) {
    return new Level(
        level.name(),
        null,
        level.actions(),
        List.of(gates),
        level.onUnhealthy(),
        level.onInconclusive(),
        level.onActionFailure());
  }

  static Level onUnhealthy(Level level, Level.Next next) {
    return new Level(
        level.name(),
        null,
        level.actions(),
        level.gates(),
        next,
        level.onInconclusive(),
        level.onActionFailure());
  }

  static Level onInconclusive(Level level, Level.Next next) {
    return new Level(
        level.name(),
        null,
        level.actions(),
        level.gates(),
        level.onUnhealthy(),
        next,
        level.onActionFailure());
  }

  static Level onActionFailure(Level level, Level.Next next) {
    return new Level(
        level.name(),
        null,
        level.actions(),
        level.gates(),
        level.onUnhealthy(),
        level.onInconclusive(),
        next);
  }

  static RollbackPlanSpec plan(List<Gate> gates, List<Level> levels, String soak, Run run) {
    return new RollbackPlanSpec(
        "runner", false, gates, null, levels, new Verification(soak), 10, run);
  }

  static Run run(List<Level> levels, Run.Entry entry) {
    return new Run(
        "INC-42",
        "the shop shows errors since 14:05",
        "alice",
        levels.stream().map(Level::name).toList(),
        null,
        null,
        entry,
        Run.State.Running,
        null,
        null);
  }

  static Run wishing(Run run, Run.State state, String by, Run.Answer answer) {
    return new Run(
        run.id(),
        run.reason(),
        run.requestedBy(),
        run.levels(),
        run.since(),
        run.cause(),
        run.entry(),
        state,
        by,
        answer);
  }

  static Hold hold(String run, String name, Instant since) {
    return new Hold(
        run,
        "bs-run-" + run,
        "stop-" + name,
        "scale",
        WorkloadKind.Deployment,
        name,
        "3",
        "0",
        since);
  }
}
