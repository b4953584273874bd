package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.problem.Problem;
import java.util.List;

/** How far the open intent's effect is, as this process knows. */
public sealed interface Progress {
  /** Nothing: another process left the intent open, or there is none. */
  record None() implements Progress {}

  /** It is being sent or closed right now. */
  record InFlight() implements Progress {}

  /**
   * It came to an end.
   *
   * @param applied targets that were changed by this intent
   * @param refused targets that had changed meanwhile, and were left alone
   * @param gone targets that do not exist any more
   * @param held holds that are on their targets now
   * @param released holds that are off their targets now
   * @param failure why a target could not be changed; null: none failed
   * @param untouched the targets that were not changed, by kind and name
   * @param unknown why it cannot be found out what was changed; null: it is known
   */
  record Report(
      int applied,
      int refused,
      int gone,
      List<Hold> held,
      List<Hold> released,
      Problem failure,
      List<String> untouched,
      String unknown)
      implements Progress {

    /** It is known what was changed, and which targets were not does not matter. */
    public Report(
        int applied, int refused, int gone, List<Hold> held, List<Hold> released, Problem failure) {
      this(applied, refused, gone, held, released, failure, List.of(), null);
    }
  }
}
