package dev.backstep.measure;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.time.Durations;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
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
 * @param lastAt when the last measurement was made; {@code since} before the first
 * @param unbrokenSince since then no measurement was missing
 * @param blind for how long measurements could not be made since that verdict was reached, up to
 *     the last measurement
 */
@RecordBuilder
public record Streak(
    Instant since,
    int greens,
    int reds,
    int errors,
    Verdict verdict,
    Instant verdictSince,
    String message,
    Instant lastAt,
    Instant unbrokenSince,
    Duration blind)
    implements StreakBuilder.With {

  /** Nothing was measured yet. */
  public static Streak startedAt(Instant since) {
    return new Streak(
        since, 0, 0, 0, Verdict.PENDING, since, "not measured yet", since, since, Duration.ZERO);
  }

  /** True when there is at least one measurement. */
  public boolean measured() {
    return greens + reds + errors > 0;
  }

  /** This streak and one more measurement of the gate, right after the last one. */
  public Streak and(Reading reading, Gate gate) {
    return and(reading, gate, lastAt);
  }

  /** This streak and one more measurement of the gate, made at this time. */
  public Streak and(Reading reading, Gate gate, Instant at) {
    var counted =
        with()
            .greens(reading.color() == Reading.Color.GREEN ? greens + 1 : 0)
            .reds(reading.color() == Reading.Color.RED ? reds + 1 : 0)
            .errors(reading.color() == Reading.Color.ERROR ? errors + 1 : 0)
            .message(reading.message())
            .lastAt(at)
            .unbrokenSince(missing(gate, at) ? at : unbrokenSince)
            .blind(blindUntil(at))
            .build();
    var reached = counted.reached(gate);
    return reached == verdict
        ? counted
        : counted.with().verdict(reached).verdictSince(at).blind(Duration.ZERO).build();
  }

  /** A pause longer than this between two measurements is a gap. */
  public static Duration longestPause(Gate gate) {
    return Durations.of(gate.interval()).multipliedBy(3).plus(Durations.of(gate.timeout()));
  }

  /** True when a measurement should have been made by then, and some more. */
  public boolean missing(Gate gate, Instant at) {
    return at.isAfter(lastAt.plus(longestPause(gate)));
  }

  /** As {@link #blind}, up to a time: from a measurement that failed to the next that did not. */
  public Duration blindUntil(Instant at) {
    return errors == 0 ? blind : blind.plus(Duration.between(lastAt, at));
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
