package dev.backstep.action;

import dev.backstep.cluster.Change;
import dev.backstep.effect.Work;
import java.util.List;

/**
 * Where an action stands.
 *
 * @param work what is left of it
 * @param changes the changes to be made now, with {@link Work.ToDo}; they may touch many targets at
 *     the same time
 */
public record Step(Work work, List<Change> changes) {

  /** These changes are to be made. */
  public static Step todo(List<Change> changes) {
    var first = changes.get(0).summary();
    var message =
        changes.size() == 1 ? first + "." : first + " and " + (changes.size() - 1) + " more.";
    return new Step(new Work.ToDo(changes.size(), message), changes);
  }

  /** Nothing is to be changed. */
  public static Step of(Work work) {
    return new Step(work, List.of());
  }

  public static Step impossible(String reason, String message) {
    return of(new Work.Impossible(reason, message));
  }
}
