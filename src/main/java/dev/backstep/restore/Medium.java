package dev.backstep.restore;

import dev.backstep.action.ActionScope;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.cluster.Access.Right;
import dev.backstep.effect.Step;
import dev.backstep.problem.Problem;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What a database is kept in, such as a server or a file: how it is looked at there, and the stages
 * of a restore that are not the same everywhere. It is found by the member of the target that is
 * set.
 *
 * @param <T> that member
 * @param <S> what is seen of it
 */
interface Medium<T, S extends Seen> {
  /** The class of that member. */
  Class<T> type();

  /** Looks at it as it is now. */
  CompletionStage<Look<S>> look(DbRestoreAction restore, ActionScope scope);

  /** Until the restored data is proven, beside the live one. */
  List<RestoreStage<? super S>> prove();

  /** Nobody else who may write to it is connected, once those who are known are kept off. */
  default List<RestoreStage<? super S>> disconnect() {
    return List.of();
  }

  /** Until the proven data is the live one, and was verified there. */
  List<RestoreStage<? super S>> swap();

  /** What was made aside and never went live goes. */
  List<RestoreStage<? super S>> clear();

  /** The data from before is the live one again. */
  List<RestoreStage<? super S>> putBack();

  /** The data from before goes. */
  List<RestoreStage<? super S>> expire();

  /** The rights that its own Jobs and effects need. */
  List<Right> rights(DbRestoreAction restore, ActionScope scope);

  /** What would keep a restore from being done there. */
  CompletionStage<List<Problem>> problems(DbRestoreAction restore, ActionScope scope);

  /** Which database it is now, in words that change with it: a part of what people agree to. */
  CompletionStage<List<String>> pins(DbRestoreAction restore, ActionScope scope);

  /** What is left of ending its own Jobs. */
  Step stopped(DbRestoreAction restore, ActionScope scope);
}
