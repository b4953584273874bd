package dev.backstep.rollbackplan.gather;

import dev.backstep.action.ActionScope;
import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.runbook.RunSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Looks for what has to be made ready before people are asked whether a level may act. */
@ApplicationScoped
public class Unprepared {
  private final Actions actions;

  public Unprepared(Actions actions) {
    this.actions = actions;
  }

  /**
   * What was found of the first action that is not seen to be ready.
   *
   * @param step what is left of making it ready
   */
  record Unready(String action, Step step) {
    /** True when nobody can say just now whether it is: that it has to be, was not found. */
    boolean isUnknown() {
      return step.work() instanceof Work.Rolling;
    }
  }

  /**
   * The first action that is to be made ready before people are asked, of a level that is entered;
   * later only the one that the run is at. Empty: all are, or nobody is asked.
   */
  CompletionStage<Optional<Unready>> first(
      RunSnapshot snapshot, Function<Action, ActionScope> scopes) {
    if (!snapshot.wantsApproval(snapshot.level())) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    var concerned = snapshot.entering() ? snapshot.level().actions() : List.of(snapshot.action());
    var ended =
        snapshot.levelStatus().actions().stream()
            .filter(action -> action.outcome() != null)
            .map(ActionStatus::name)
            .toList();
    return first(
        concerned.stream().filter(action -> !ended.contains(action.name())).iterator(), scopes);
  }

  private CompletionStage<Optional<Unready>> first(
      Iterator<Action> concerned, Function<Action, ActionScope> scopes) {
    if (!concerned.hasNext()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    var action = concerned.next();
    return actions
        .prepare(action, scopes.apply(action))
        .thenCompose(
            step ->
                step.work().isSettled()
                    ? first(concerned, scopes)
                    : CompletableFuture.completedStage(
                        Optional.of(new Unready(action.name(), step))));
  }
}
