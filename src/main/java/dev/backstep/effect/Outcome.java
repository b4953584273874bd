package dev.backstep.effect;

import dev.backstep.problem.Problem;
import java.time.Instant;

/** How one effect ended. */
public sealed interface Outcome {
  /** The version of the target that the caches have to show; null: they do not show it. */
  default String version() {
    return null;
  }

  /**
   * It reached its target.
   *
   * @param version what the caches have to show; null: they do not show it
   * @param said what is worth keeping, such as a number of rows, a status code or a uid; never
   *     rows, bodies or secrets; null: nothing
   * @param drift what could not be put back, because somebody else changed it since; null: nothing
   */
  record Applied(String version, String said, String drift) implements Outcome {
    public Applied(String version) {
      this(version, null, null);
    }

    /** Applied, with what is worth keeping. */
    public static Applied saying(String said) {
      return new Applied(null, said, null);
    }
  }

  /**
   * The target had changed meanwhile. Nothing was done, and nothing can be any more.
   *
   * @param version what the caches have to show; null: nothing special
   */
  record Refused(String version) implements Outcome {}

  /** The target does not exist any more. */
  record Gone() implements Outcome {}

  /** A verdict: it cannot be done. */
  record Failed(Problem problem) implements Outcome {}

  /** Nothing left this process: no connection, no Secret, too late. It may be tried again. */
  record NotSent(Problem problem) implements Outcome {}

  /**
   * Nobody can find out whether it was done, or nobody could in time.
   *
   * @param message what is not known, and where to look
   * @param landsUntil until then it may still happen; null: it cannot any more, or that is not
   *     known
   * @param open true: it could not be found out in time, and it may be tried to close it again
   */
  record Unknown(String message, Instant landsUntil, boolean open) implements Outcome {
    public Unknown(String message, Instant landsUntil) {
      this(message, landsUntil, false);
    }

    /** What was tried to find out, and why it could not be. */
    public static Unknown stillOpen(String message) {
      return new Unknown(message, null, true);
    }
  }
}
