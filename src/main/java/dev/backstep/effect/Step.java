package dev.backstep.effect;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Where an action, or taking one back, stands.
 *
 * @param work what is left of it
 * @param effects what is to be done now, with {@link Work.ToDo}: each on a target of its own, and
 *     all at the same time
 */
public record Step(Work work, List<? extends Effect> effects) {

  /** These effects are left. */
  public static Step todo(List<? extends Effect> effects) {
    var first = effects.get(0).summary();
    var message =
        effects.size() == 1 ? first + "." : "%s and %s more.".formatted(first, effects.size() - 1);
    return new Step(new Work.ToDo(effects.size(), message), effects);
  }

  /** The same, if something is to be done, because somebody changed it back, as is said here. */
  public Step changedBack(String message) {
    return changed(
        it ->
            new Work.ToDo(
                it.targets(),
                "%s %s".formatted(message, it.message()),
                1,
                it.doubt(),
                it.replacing()));
  }

  /** The same, if something is to be done, with what speaks against it. */
  public Step doubted(Work.Doubt doubt) {
    return changed(
        it ->
            new Work.ToDo(
                it.targets(), it.message(), it.changedBack(), Optional.of(doubt), it.replacing()));
  }

  /** The same, if something is to be done, with the live data that it replaces. */
  public Step replacing(Work.Replacing data) {
    return changed(
        it ->
            new Work.ToDo(
                it.targets(), it.message(), it.changedBack(), it.doubt(), Optional.of(data)));
  }

  private Step changed(UnaryOperator<Work.ToDo> change) {
    return work instanceof Work.ToDo todo ? new Step(change.apply(todo), effects) : this;
  }

  /** Nothing is to be done. */
  public static Step of(Work work) {
    return new Step(work, List.of());
  }

  public static Step impossible(String reason, String message) {
    return of(new Work.Impossible(reason, message));
  }

  /**
   * This one and the next, of which nothing is left: what drifted is said, whatever else came back.
   */
  public Step and(Step next) {
    if (work instanceof Work.Drifted first && next.work instanceof Work.Drifted second) {
      return of(new Work.Drifted("%s %s".formatted(first.message(), second.message())));
    }
    return work instanceof Work.Drifted ? this : next;
  }

  /** Known at once. */
  public CompletionStage<Step> now() {
    return CompletableFuture.completedStage(this);
  }

  /** The effect is there. */
  public static Step done(String message) {
    return of(new Work.Observed(message));
  }
}
