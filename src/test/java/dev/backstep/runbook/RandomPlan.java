package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.ApprovalPolicy;
import dev.backstep.api.v1alpha1.ladder.Escalation;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Objective;
import dev.backstep.api.v1alpha1.ladder.Release;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.ladder.Severity;
import dev.backstep.api.v1alpha1.ladder.StopCondition;
import dev.backstep.api.v1alpha1.ladder.Symptom;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A plan, and a run of it that has just begun, with every feature now and then. */
final class RandomPlan {
  static final String ONCE = "look";
  static final List<Gate> GATES =
      List.of(
          Plans.gate("api"),
          Plans.gate("jobs", "5m"),
          Plans.gate("queue", "30s"),
          Plans.gate("extra").withUse(Gate.Use.OnDemand),
          Plans.manual(ONCE),
          Plans.gate("orders").withUse(Gate.Use.Evidence));

  private final Random random;

  RandomPlan(Random random) {
    this.random = random;
  }

  /** The run as it begins. */
  RunSnapshot beginning() {
    var levels = new ArrayList<Level>();
    for (var i = 0; i <= random.nextInt(3); i++) {
      levels.add(level("level-" + i));
    }
    var start =
        RunSnapshots.run()
            .gates(GATES.toArray(Gate[]::new))
            .levels(levels.toArray(Level[]::new))
            .soak(chance(25) ? "0s" : "5m")
            .entry(chance(30) ? Run.Entry.Always : Run.Entry.IfUnhealthy)
            .mode(chance(75) ? Run.Mode.Execute : oneOf(Run.Mode.DryRun, Run.Mode.Drill))
            .status(this::asked);
    promises(start);
    stops(start, levels);
    if (chance(50)) {
      start.symptom(symptom(levels));
    }
    if (chance(40)) {
      start.plan(plan -> plan.release(new Release(List.of("extra"))));
    }
    if (chance(50)) {
      start.plan(plan -> plan.escalation(new Escalation("Wake the database people", List.of())));
    }
    if (chance(25)) {
      start.holding(Plans.hold("INC-41", "old", RunSnapshots.START));
    }
    var traits = traits(levels);
    start.world(snapshot -> snapshot.traits(traits));
    return chance(2) ? start.asking(Ask.STATUS_LOST).build() : start.in(Phase.Pending).build();
  }

  private RunStatusBuilder asked(RunStatusBuilder run) {
    return run.measuringSince(null).requestedBy(chance(20) ? "trigger:latency" : "alice");
  }

  private void promises(RunSnapshots start) {
    if (chance(50)) {
      var objective = new Objective(Severity.Critical, null, "1m", "6m");
      start.plan(plan -> plan.objectives(List.of(objective)));
    }
  }

  private void stops(RunSnapshots start, List<Level> levels) {
    if (chance(40)) {
      var name = levels.get(random.nextInt(levels.size())).name();
      var stop =
          chance(50)
              ? new StopCondition("full", null, name, "true", "The disk is full")
              : new StopCondition("full", name, null, "true", "The disk is full.");
      start.plan(plan -> plan.stopConditions(List.of(stop)));
    }
  }

  private Symptom symptom(List<Level> levels) {
    var gates = chance(50) ? null : List.of(oneOf("extra", ONCE));
    return new Symptom(
        "Errors",
        null,
        Severity.Critical,
        levels.stream().map(Level::name).toList(),
        gates,
        chance(20) ? "30s" : null,
        chance(30) ? List.of(levels.get(0).name()) : null);
  }

  private Level level(String name) {
    var one = name + "-a";
    var level = chance(50) ? Plans.level(name, one) : Plans.level(name, one, name + "-b");
    return level
        .with()
        .description(chance(50) ? "Costs a minute" : null)
        .budget(chance(30) ? "2m" : null)
        .preconditions(chance(20) ? List.of("extra") : null)
        .onUnmetPrecondition(oneOf(Level.Next.values()))
        .approval(chance(20) ? new ApprovalPolicy(1, "1h", "5m") : null)
        .actions(level.actions().stream().map(this::action).toList())
        .gates(gates())
        .onHealthy(chance(25) ? Level.OnHealthy.NextLevel : Level.OnHealthy.Finish)
        .onUnhealthy(oneOf(Level.Next.values()))
        .onInconclusive(oneOf(Level.Next.values()))
        .onActionFailure(oneOf(Level.Next.values()))
        .build();
  }

  private List<String> gates() {
    return chance(50)
        ? null
        : oneOf(List.of("api"), List.of("jobs"), List.of("queue", ONCE), List.of(ONCE));
  }

  private Action action(Action action) {
    return action
        .with()
        .budget(chance(20) ? "1m" : null)
        .holdUntil(chance(30) ? Action.HoldUntil.LevelActed : Action.HoldUntil.Released)
        .verify(chance(20) ? List.of(oneOf("extra", "jobs")) : null)
        .inDrill(oneOf(Action.InDrill.values()))
        .build();
  }

  private LevelTraits traits(List<Level> levels) {
    var destructive =
        levels.stream().map(Level::name).filter(name -> chance(30)).collect(Collectors.toSet());
    var unprotected =
        destructive.stream().sorted().filter(name -> chance(50)).collect(Collectors.toSet());
    var holds =
        levels.stream()
            .flatMap(level -> level.actions().stream())
            .map(Action::name)
            .filter(name -> chance(40))
            .collect(Collectors.toSet());
    return new LevelTraits(
        destructive, Set.copyOf(unprotected), Map.of(), holds, Set.of(), Set.of());
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  @SafeVarargs
  private <T> T oneOf(T... all) {
    return all[random.nextInt(all.length)];
  }
}
