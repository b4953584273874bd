package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is still on its way once everything was given or put back: pods, and whatever else goes on
 * by itself then. It is waited for, but not for ever.
 */
@ApplicationScoped
public class ComingBack {
  private final Actions actions;
  private final RollOuts rollOuts;

  public ComingBack(Actions actions, RollOuts rollOuts) {
    this.actions = actions;
    this.rollOuts = rollOuts;
  }

  /** After a release: what is waited for goes before what could not come back. */
  Step released(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var held =
        snapshot.plan().allActions().filter(action -> actions.traits(action).hold()).toList();
    var rollOut = rollOut(held, snapshot, scopes);
    var others =
        held.stream()
            .filter(action -> acted(action, snapshot))
            .map(action -> actions.comingBack(action, scopes.apply(action)));
    return Stream.concat(Stream.of(rollOut), others)
        .filter(step -> !(step.work() instanceof Work.Observed))
        .min(Comparator.comparing(step -> step.work().isSettled()))
        .orElse(rollOut);
  }

  private static boolean acted(Action action, RunSnapshot snapshot) {
    return snapshot
        .status(snapshot.run().claim(), action.name())
        .map(ActionStatus::applied)
        .filter(applied -> !applied.isEmpty())
        .isPresent();
  }

  /** After an undo, by which everything but pods was waited for. */
  Step undone(RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var changed =
        snapshot.run().undone().stream()
            .flatMap(
                undone ->
                    snapshot
                        .plan()
                        .allActions()
                        .filter(action -> action.name().equals(undone.action())))
            .toList();
    return rollOut(changed, snapshot, scopes);
  }

  private Step rollOut(
      List<Action> changed, RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    var targets =
        changed.stream().flatMap(action -> actions.targets(action).stream()).distinct().toList();
    return rollOuts.of(Looker.anyScope(snapshot, scopes).namespace(), targets);
  }
}
