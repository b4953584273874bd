package dev.backstep.rollbackplan;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.action.Inverse;
import dev.backstep.action.Step;
import dev.backstep.api.v1alpha1.Action;
import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.Hold;
import dev.backstep.runbook.RunSnapshot;
import dev.backstep.runbook.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds out what is left to do of what a run is at. */
@ApplicationScoped
public class StepReader {
  private final Actions actions;
  private final Owners owners;
  private final Inverse inverse;

  public StepReader(Actions actions, Owners owners, Inverse inverse) {
    this.actions = actions;
    this.owners = owners;
    this.inverse = inverse;
  }

  /** What is left; null: nothing is due in this phase, or an effect is under way. */
  Step read(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (snapshot.run().intent() != null) {
      return null;
    }
    return switch (snapshot.run().phase()) {
      case Acting -> acting(snapshot, scopes);
      case Soaking -> overwritten(snapshot, scopes);
      case Releasing ->
          snapshot.holds().isEmpty() ? null : release(snapshot.holds(), snapshot, scopes);
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
    return owners.claim(
        step, snapshot.run().claim(), action.name(), !actions.traits(action).hold());
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

  /** Holds are given back in the opposite order, one kind after the other. */
  private Step release(
      List<Hold> given, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var holds = new ArrayList<>(given);
    Collections.reverse(holds);
    var type = holds.get(0).type();
    var same = holds.stream().filter(hold -> hold.type().equals(type)).toList();
    return actions.release(
        type, same, scopes.apply(snapshot.plan().levels().get(0).actions().get(0)));
  }

  private Step undo(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var status = snapshot.undoing();
    if (status == null) {
      return null;
    }
    var action =
        snapshot
            .plan()
            .allActions()
            .filter(defined -> defined.name().equals(status.name()))
            .findFirst()
            .orElseThrow();
    var traits = actions.traits(action);
    if (traits.hold()) {
      var held = held(snapshot, action).toList();
      return held.isEmpty()
          ? Step.of(new Work.Observed("what it held is given back."))
          : release(held, snapshot, scopes);
    }
    return traits.reversible()
        ? inverse.of(scopes.apply(action).namespace(), snapshot.run().claim(), status)
        : Step.of(new Work.Observed("there is nothing to put back."));
  }

  private static Stream<Hold> held(RunSnapshot snapshot, Action action) {
    return snapshot.holds().stream()
        .filter(hold -> hold.claim().equals(snapshot.run().claim()))
        .filter(hold -> hold.action().equals(action.name()));
  }
}
