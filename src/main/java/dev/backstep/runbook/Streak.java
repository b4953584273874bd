package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Gate;
import java.time.Instant;

/**
 * The measurements of one gate since {@code since}, as far as they decide: how many of the last
 * ones in a row had the same result.
 *
 * @param since when measuring began, in this process; never persisted
 * @param greens green measurements in a row, up to the last one
 * @param reds red measurements in a row, up to the last one
 * @param errors measurements in a row, up to the last one, that could not be made
 * @param verdict the last verdict that was reached, kept until another one is reached
 * @param message what the last measurement saw, in a sentence
 */
public record Streak(
    Instant since, int greens, int reds, int errors, Verdict verdict, String message) {

  /** Nothing was measured yet. */
  public static Streak startedAt(Instant since) {
    return new Streak(since, 0, 0, 0, Verdict.PENDING, "not measured yet");
  }

  /** This streak and one more measurement of the gate. */
  public Streak and(Reading reading, Gate gate) {
    var next =
        new Streak(
            since,
            reading.color() == Reading.Color.GREEN ? greens + 1 : 0,
            reading.color() == Reading.Color.RED ? reds + 1 : 0,
            reading.color() == Reading.Color.ERROR ? errors + 1 : 0,
            verdict,
            reading.message());
    return new Streak(
        since, next.greens, next.reds, next.errors, next.reached(gate), reading.message());
  }

  private Verdict reached(Gate gate) {
    if (greens >= gate.consecutiveSuccessLimit()) {
      return Verdict.HEALTHY;
    }
    if (reds >= gate.consecutiveFailureLimit()) {
      return Verdict.UNHEALTHY;
    }
    if (errors >= gate.consecutiveErrorLimit()) {
      return Verdict.INCONCLUSIVE;
    }
    return verdict;
  }
}
