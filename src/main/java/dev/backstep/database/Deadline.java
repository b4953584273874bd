package dev.backstep.database;

import dev.backstep.effect.Outcome;
import dev.backstep.problem.Problem;
import java.time.Clock;
import java.time.Instant;

/** The instant after which an effect is not done any more. */
public record Deadline(Clock clock, Instant notAfter) {
  /** Nothing was done in time. */
  public static final Problem OVER =
      new Problem("TooLate", "Its time was over before it could be done. Nothing was done.");

  /**
   * There is still time.
   *
   * @throws NotDoneException when there is not
   */
  public void check() throws NotDoneException {
    if (clock.instant().isAfter(notAfter)) {
      throw new NotDoneException(new Outcome.NotSent(OVER));
    }
  }
}
