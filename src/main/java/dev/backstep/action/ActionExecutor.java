package dev.backstep.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How one kind of action is done. An executor never writes: it says what is to be changed, seen
 * from the world as it is now, and is asked again until nothing is left. So it needs no memory, and
 * doing half of it twice is harmless.
 *
 * @param <A> the record that describes the action in a plan
 */
public interface ActionExecutor<A> {
  /** The record class of the union's member. */
  Class<A> type();

  /** The workloads that the action touches: their changes concern it. */
  default List<WorkloadRef> targets(A action) {
    return List.of();
  }

  /** The rights that the plan's ServiceAccount needs. */
  default List<Right> rights(A action, ActionScope scope) {
    return List.of();
  }

  /** What would keep the action from working now, each with its remedy. May be answered later. */
  default CompletionStage<List<Problem>> preflight(A action, ActionScope scope) {
    return CompletableFuture.completedStage(List.of());
  }

  /**
   * What has to be known later of the world as it is when a run begins; kept in the run's claim.
   * Asks nobody but caches and the API server: a database that is down must not keep a run from
   * beginning.
   */
  default Optional<JsonNode> atStart(A action, ActionScope scope) {
    return Optional.empty();
  }

  /**
   * What is left to do. Answers at once from caches and from what was sent; what has to be asked of
   * anybody comes later.
   */
  CompletionStage<Step> next(A action, ActionScope scope);

  /** What kind of thing the action does; a repair that destroys nothing unless it says so. */
  default Traits traits(A action) {
    return Traits.REPAIR;
  }

  /**
   * What the action would do, beyond what the plan says, as far as an approval is about it: such as
   * the stable revision that "the last one" means now. Never a live count. May be answered later;
   * asked when a level is entered and right before it acts, and not in between.
   */
  default CompletionStage<List<String>> pins(A action, ActionScope scope) {
    return CompletableFuture.completedStage(List.of());
  }

  /**
   * Which database the action changes or copies, in words that are the same for the same database,
   * whatever names it has; empty: none, or nobody can tell. May be answered later; the stage fails
   * with a {@link ProblemException} where it cannot be asked now.
   */
  default CompletionStage<Optional<String>> database(A action, ActionScope scope) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  /**
   * What is left of making the action ready, before people are asked whether its level may act:
   * such as a backup that is restored and verified beside the live data. It touches nothing that is
   * live; what it found, its last message, is shown to those who approve, and what it found may be
   * a part of the pins. It is asked again before each effect of the action, and only in levels that
   * want an approval. What cannot be seen just now is {@link Work.Rolling}, and not something that
   * is to be made ready.
   */
  default CompletionStage<Step> prepare(A action, ActionScope scope) {
    return Step.done("nothing is to be made ready.").now();
  }

  /**
   * What the action does, in its own words, for those who approve it: where what becomes of its
   * targets says less, such as the many fields of a Job. Empty: the targets say it.
   */
  default Optional<String> says(A action) {
    return Optional.empty();
  }

  /** Everything that the action would change, seen from the world as it is now. */
  default CompletionStage<Step> preview(A action, ActionScope scope) {
    return next(action, scope);
  }

  /**
   * What is left of ending what goes on by itself, because the run is stopped, or goes on without
   * the action: it took too long, failed, or is left. What was sent is not put back by it.
   */
  default Step stop(A action, ActionScope scope) {
    return Step.done("nothing goes on.");
  }

  /**
   * What is left of giving or putting back what the action did. Only an action whose targets are
   * shared with others, or that goes on by itself, says more than the effects say.
   */
  default CompletionStage<Step> back(A action, Taken taken, ActionScope scope) {
    return taken.reversed();
  }

  /**
   * What is still on its way after everything that the action held was given back, beside the pods
   * of its targets. A release waits for it for some minutes, and says it at its end.
   */
  default Step comingBack(A action, ActionScope scope) {
    return Step.done("nothing is on its way.");
  }
}
