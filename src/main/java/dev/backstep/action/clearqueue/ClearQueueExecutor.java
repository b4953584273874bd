package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionExecutor;
import dev.backstep.action.ActionScope;
import dev.backstep.action.JobSteps;
import dev.backstep.action.SyncControls;
import dev.backstep.action.Traits;
import dev.backstep.api.v1alpha1.action.ClearQueue;
import dev.backstep.api.v1alpha1.schema.Members;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import dev.backstep.union.Union;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Empties the queue of a sync, once, and keeps what was in it. */
@ApplicationScoped
public class ClearQueueExecutor implements ActionExecutor<ClearQueue> {
  private final SyncControls controls;
  private final JobSteps steps;
  private final Union<Clearing<Object>> clearings;

  ClearQueueExecutor(SyncControls controls, JobSteps steps, @All List<Clearing<?>> clearings) {
    this.controls = controls;
    this.steps = steps;
    this.clearings = new Union<>(clearings, Clearing::type);
  }

  @Override
  public Class<ClearQueue> type() {
    return ClearQueue.class;
  }

  /** A queue that is filled again looks as before: only the run's own record says it was done. */
  @Override
  public Traits traits(ClearQueue action) {
    return Traits.DESTROYS_WHAT_IT_KEPT;
  }

  @Override
  public Optional<String> says(ClearQueue action) {
    return Optional.of(
        "what waits in the queue of SyncControl %s is kept, and then cleared"
            .formatted(action.syncControlRef().name()));
  }

  @Override
  public List<Right> rights(ClearQueue action, ActionScope scope) {
    return known(action, scope).stream()
        .flatMap(
            wanted ->
                clearings
                    .ask(wanted.queue().clear(), (clearing, it) -> clearing.rights(it, wanted))
                    .stream())
        .toList();
  }

  @Override
  public CompletionStage<List<Problem>> preflight(ClearQueue action, ActionScope scope) {
    try {
      var wanted = wanted(action, scope);
      return clearings.ask(
          wanted.queue().clear(), (clearing, it) -> clearing.preflight(it, wanted, scope));
    } catch (ProblemException e) {
      return CompletableFuture.completedStage(List.of(e.problem()));
    }
  }

  /** What the SyncControl says is part of what is approved. */
  @Override
  public CompletionStage<List<String>> pins(ClearQueue action, ActionScope scope) {
    return CompletableFuture.completedStage(
        known(action, scope)
            .map(wanted -> clearings.ask(wanted.queue().clear(), Clearing::pin))
            .stream()
            .toList());
  }

  @Override
  public CompletionStage<Step> next(ClearQueue action, ActionScope scope) {
    try {
      var wanted = wanted(action, scope);
      return clearings.ask(
          wanted.queue().clear(), (clearing, it) -> clearing.next(it, wanted, scope));
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message()).now();
    }
  }

  @Override
  public CompletionStage<Step> preview(ClearQueue action, ActionScope scope) {
    try {
      var wanted = wanted(action, scope);
      return clearings.ask(
          wanted.queue().clear(), (clearing, it) -> clearing.preview(it, wanted, scope));
    } catch (ProblemException e) {
      return Step.impossible(e.problem().reason(), e.problem().message()).now();
    }
  }

  /** What is kept before may be on its way. */
  @Override
  public Step stop(ClearQueue action, ActionScope scope) {
    return steps.stopped(scope);
  }

  private Optional<Wanted> known(ClearQueue action, ActionScope scope) {
    try {
      return Optional.of(wanted(action, scope));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private Wanted wanted(ClearQueue action, ActionScope scope) throws ProblemException {
    var name = action.syncControlRef().name();
    var queue = controls.spec(name, scope).queue();
    if (queue == null || queue.clear() == null || !Members.anySet(queue.clear())) {
      throw new ProblemException(
          new Problem(
              "ClearMissing",
              "SyncControl %s does not say in spec.queue.clear what action %s empties. Add it."
                  .formatted(name, scope.action())));
    }
    return new Wanted(queue, action.maxItems());
  }
}
