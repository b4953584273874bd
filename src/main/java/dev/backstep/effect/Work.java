package dev.backstep.effect;

import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.IntentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is left of an action, seen from the world as it is now. */
public sealed interface Work {
  /** What could not be sent within this time is not sent any more. */
  Duration SEND_LIMIT = Duration.ofMinutes(2);

  /** What is left, or what keeps it, in a sentence. */
  String message();

  /** True when nothing is left: it is there, or what is not is as somebody else wants it. */
  default boolean isSettled() {
    return this instanceof Observed || this instanceof Drifted;
  }

  /**
   * Targets that are not yet as the action wants them.
   *
   * @param changedBack how many of them this action had changed before: somebody changed them back
   * @param doubt why it may be wrong to do it; empty: nothing speaks against it
   * @param replacing the live data that is replaced by taking the action back; empty: none is
   */
  record ToDo(
      int targets,
      String message,
      int changedBack,
      Optional<Doubt> doubt,
      Optional<Replacing> replacing)
      implements Work {
    public ToDo(int targets, String message) {
      this(targets, message, 0);
    }

    public ToDo(int targets, String message, int changedBack) {
      this(targets, message, changedBack, Optional.empty());
    }

    public ToDo(int targets, String message, int changedBack, Optional<Doubt> doubt) {
      this(targets, message, changedBack, doubt, Optional.empty());
    }

    /**
     * The intent to do it, which the status records next. It does not know its images yet.
     *
     * @param first mark of its first effect
     * @param seq of the write that records it
     */
    public Intent intent(Mark first, long seq, Instant now) {
      return IntentBuilder.builder()
          .verb(first.verb())
          .seq(seq)
          .action(first.action())
          .effect(first.number())
          .mark(first.prefix())
          .images(List.of())
          .targets(targets)
          .again(changedBack > 0 ? true : null)
          .notAfter(now.plus(SEND_LIMIT))
          .build();
    }
  }

  /**
   * What speaks against doing what could be done.
   *
   * @param leavesLevel true: the run goes on with the next level by itself, false: it asks
   */
  record Doubt(String message, boolean leavesLevel) {}

  /**
   * Live data that is replaced once more by taking back what replaced it. People approve that by
   * itself: they see what would be lost now, and not what would have been then.
   *
   * @param message what it would replace, and where that is put
   * @param pins which data exactly: an approval is about them
   */
  record Replacing(String message, List<String> pins) {}

  /**
   * What was done is not so any more: somebody else changed it.
   *
   * @param actions names of those whose effect is not there any more
   */
  record Overwritten(List<String> actions, String message) implements Work {}

  /** Another plan's run, which is open, works on a target. */
  record Owned(String message) implements Work {}

  /** Somebody else keeps a target lower than the action would set it. */
  record Held(String message) implements Work {}

  /** It would not last: it is known that somebody else puts a target back. */
  record Contested(String message) implements Work {}

  /** Undo: what could be put back is back, the rest was changed by somebody else meanwhile. */
  record Drifted(String message) implements Work {}

  /**
   * Every target is as wanted, but the effect does not show yet (old pods are still there).
   *
   * @param lookAgainIn how soon to look again, where no event tells of it; null: an event will
   * @param progress how far it is, which is worth a write of the status each time; empty: nothing
   *     counts it
   */
  record Rolling(String message, Duration lookAgainIn, Optional<String> progress) implements Work {
    public Rolling(String message) {
      this(message, null);
    }

    public Rolling(String message, Duration lookAgainIn) {
      this(message, lookAgainIn, Optional.empty());
    }
  }

  /** The effect is there. */
  record Observed(String message) implements Work {}

  /** The effect will not show: a roll-out that does not make progress. */
  record Stuck(String message) implements Work {}

  /** It cannot be done: a verdict. */
  record Impossible(String reason, String message) implements Work {}

  /** Whether it was done cannot be found out. */
  record Unknown(String message) implements Work {}
}
