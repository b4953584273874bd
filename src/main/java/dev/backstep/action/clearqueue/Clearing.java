package dev.backstep.action.clearqueue;

import dev.backstep.action.ActionScope;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * How one kind of queue is emptied.
 *
 * @param <C> the record that describes it in a SyncControl
 */
interface Clearing<C> {
  /** The record class of the union's member. */
  Class<C> type();

  /** The rights that it needs. */
  List<Right> rights(C clear, Wanted wanted);

  /** What would keep it from being emptied now, each with its remedy. */
  CompletionStage<List<Problem>> preflight(C clear, Wanted wanted, ActionScope scope);

  /** What it means now, as part of what is approved. */
  String pin(C clear);

  /** What is left to do. */
  CompletionStage<Step> next(C clear, Wanted wanted, ActionScope scope);

  /** All that would be done. */
  CompletionStage<Step> preview(C clear, Wanted wanted, ActionScope scope);
}
