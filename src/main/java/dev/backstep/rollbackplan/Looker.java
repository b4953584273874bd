package dev.backstep.rollbackplan;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Inverse;
import dev.backstep.action.Step;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.effect.Work;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Looks at targets for what is left to do of what a run is at. */
@ApplicationScoped
public class Looker {
  private final Actions actions;
  private final Owners owners;
  private final Inverse inverse;
  private final RollOuts rollOuts;

  public Looker(Actions actions, Owners owners, Inverse inverse, RollOuts rollOuts) {
    this.rollOuts = rollOuts;
    this.actions = actions;
    this.owners = owners;
    this.inverse = inverse;
  }

  /** What is left; null: nothing is due in this phase, or an effect is under way. */
  Step look(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.run().intent() != null) {
      return null;
    }
    return switch (snapshot.run().phase()) {
      case Acting -> acting(snapshot, scopes);
      case Soaking -> overwritten(snapshot, scopes);
      case Releasing ->
          snapshot.holds().isEmpty()
              ? released(snapshot, scopes)
              : release(snapshot.holds(), snapshot, scopes);
      case Undoing -> undo(snapshot, scopes);
      default -> null;
    };
  }

  private Step acting(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.allActed()) {
      var holds = snapshot.putBackNow();
      return holds.isEmpty() ? null : release(holds, snapshot, scopes);
    }
    return next(snapshot.action(), snapshot, scopes);
  }

  private Step next(Action action, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var step = actions.next(action, scopes.apply(action));
    return owners.own(step, snapshot.run().claim(), action.name(), !actions.traits(action).hold());
  }

  /** What somebody else changed of what the level had done. */
  private Step overwritten(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var done = snapshot.levelStatus().actions();
    return done == null
        ? null
        : snapshot.level().actions().stream()
            .filter(action -> succeeded(done, action))
            .filter(action -> action.holdUntil() != Action.HoldUntil.LevelActed)
            .map(action -> next(action, snapshot, scopes))
            .filter(step -> step.work() instanceof Work.ToDo)
            .findFirst()
            .orElse(null);
  }

  private static boolean succeeded(List<ActionStatus> done, Action action) {
    return done.stream()
        .anyMatch(
            status ->
                status.name().equals(action.name())
                    && status.outcome() == ActionStatus.Outcome.Succeeded
                    && status.effects() > 0);
  }

  /** Holds are given back last first: all targets of the action that took the last one. */
  private Step release(
      List<Hold> given, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var last =
        given.stream()
            .reduce((one, next) -> next.since().isBefore(one.since()) ? one : next)
            .orElseThrow();
    var together =
        given.stream()
            .filter(hold -> hold.claim().equals(last.claim()))
            .filter(hold -> hold.action().equals(last.action()))
            .filter(hold -> hold.type().equals(last.type()))
            .toList();
    return actions.release(last.type(), together, anyScope(snapshot, scopes));
  }

  /** Any action's scope will do: what is given back says everything about its own action. */
  private static ActionScope anyScope(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    return scopes.apply(snapshot.plan().levels().get(0).actions().get(0));
  }

  private Step released(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var held =
        snapshot
            .plan()
            .allActions()
            .filter(action -> actions.traits(action).hold())
            .flatMap(action -> actions.targets(action).stream())
            .distinct()
            .toList();
    return rollOuts.of(anyScope(snapshot, scopes).namespace(), held);
  }

  private Step undo(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var status = snapshot.undoing();
    if (status == null) {
      return undone(snapshot, scopes);
    }
    var action = defined(snapshot, status);
    var traits = actions.traits(action);
    if (traits.hold()) {
      var held = held(snapshot, action).toList();
      return held.isEmpty()
          ? givenBack(snapshot, status, scopes.apply(action))
          : release(held, snapshot, scopes);
    }
    return traits.reversible()
        ? inverse.of(scopes.apply(action).namespace(), snapshot.run().claim(), status)
        : Step.of(new Work.Observed("there is nothing to put back."));
  }

  private Step givenBack(RunSnapshot snapshot, ActionStatus status, ActionScope scope) {
    var taken = inverse.taken(scope.namespace(), snapshot.run().claim(), status);
    return taken.isEmpty()
        ? Step.of(new Work.Observed("what it held is given back."))
        : Step.of(actions.givenBack(scope.type(), taken, scope));
  }

  /** Everything is put back; whether it also runs again is said at the end. */
  private Step undone(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var changed =
        snapshot.run().undone().stream()
            .flatMap(undone -> snapshot.plan().allActions().filter(named(undone.action())))
            .flatMap(action -> actions.targets(action).stream())
            .distinct()
            .toList();
    return rollOuts.of(anyScope(snapshot, scopes).namespace(), changed);
  }

  private static Action defined(RunSnapshot snapshot, ActionStatus status) {
    return snapshot.plan().allActions().filter(named(status.name())).findFirst().orElseThrow();
  }

  private static Predicate<Action> named(String name) {
    return action -> action.name().equals(name);
  }

  private static Stream<Hold> held(RunSnapshot snapshot, Action action) {
    return snapshot.holds().stream()
        .filter(hold -> hold.claim().equals(snapshot.run().claim()))
        .filter(hold -> hold.action().equals(action.name()));
  }
}
