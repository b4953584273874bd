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
 * @param verdictSince when that verdict was reached
 * @param message what the last measurement saw, in a sentence
 */
public record Streak(
    Instant since,
    int greens,
    int reds,
    int errors,
    Verdict verdict,
    Instant verdictSince,
    String message) {

  /** Nothing was measured yet. */
  public static Streak startedAt(Instant since) {
    return new Streak(since, 0, 0, 0, Verdict.PENDING, since, "not measured yet");
  }

  /** True when there is at least one measurement. */
  public boolean measured() {
    return greens + reds + errors > 0;
  }

  /** This streak and one more measurement of the gate. */
  public Streak and(Reading reading, Gate gate) {
    return and(reading, gate, since);
  }

  /** This streak and one more measurement of the gate, made at this time. */
  public Streak and(Reading reading, Gate gate, Instant at) {
    var next =
        new Streak(
            since,
            reading.color() == Reading.Color.GREEN ? greens + 1 : 0,
            reading.color() == Reading.Color.RED ? reds + 1 : 0,
            reading.color() == Reading.Color.ERROR ? errors + 1 : 0,
            verdict,
            verdictSince,
            reading.message());
    var reached = next.reached(gate);
    return new Streak(
        since,
        next.greens,
        next.reds,
        next.errors,
        reached,
        reached == verdict ? verdictSince : at,
        reading.message());
  }

  private Verdict reached(Gate gate) {
    if (greens >= gate.successLimit()) {
      return Verdict.HEALTHY;
    }
    if (reds >= gate.failureLimit()) {
      return Verdict.UNHEALTHY;
    }
    if (errors >= gate.errorLimit()) {
      return Verdict.INCONCLUSIVE;
    }
    return verdict;
  }
}
