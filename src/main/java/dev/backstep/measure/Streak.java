package dev.backstep.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;

/**
 * The measurements of one thing since {@code since}, as far as they decide: how many of the last
 * ones in a row had the same result.
 *
 * @param since when measuring began, in this process; never persisted
 * @param greens green measurements in a row, up to the last one
 * @param reds red measurements in a row, up to the last one
 * @param errors measurements in a row, up to the last one, that could not be made
 * @param verdict the last verdict that was reached, kept until another one is reached
 * @param verdictSince when that verdict was reached
 * @param message what the last measurement saw, in a sentence
 * @param value the last value; JSON's null: there was none
 * @param shown what a measurement saw that says what the verdict says: the last one, or one that is
 *     at most a minute older, because each change of it is a write
 * @param shownAt when that was
 * @param lastAt when the last measurement was made; {@code since} before the first
 * @param unbrokenSince since then no measurement was missing
 * @param recoveredAt when it turned healthy after it had not been; null: it never did
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
    JsonNode value,
    String shown,
    Instant shownAt,
    Instant lastAt,
    Instant unbrokenSince,
    Instant recoveredAt,
    Duration blind)
    implements StreakBuilder.With {

  private static final Duration SHOWN_AGAIN = Duration.ofMinutes(1);

  private static final String UNMEASURED = "not measured yet";

  /** Nothing was measured yet. */
  public static Streak startedAt(Instant since) {
    return StreakBuilder.builder()
        .since(since)
        .verdict(Verdict.PENDING)
        .verdictSince(since)
        .message(UNMEASURED)
        .value(NullNode.instance)
        .shown(UNMEASURED)
        .shownAt(since)
        .lastAt(since)
        .unbrokenSince(since)
        .blind(Duration.ZERO)
        .build();
  }

  /** True when there is at least one measurement. */
  public boolean measured() {
    return greens + reds + errors > 0;
  }

  /** This streak and one more measurement, right after the last one. */
  public Streak and(Reading reading, Limits limits) {
    return and(reading, limits, lastAt);
  }

  /** This streak and one more measurement, made at this time. */
  public Streak and(Reading reading, Limits limits, Instant at) {
    var error = reading.color() == Reading.Color.ERROR;
    var counted =
        with()
            .greens(reading.color() == Reading.Color.GREEN ? greens + 1 : 0)
            .reds(reading.color() == Reading.Color.RED ? reds + 1 : 0)
            .errors(error ? errors + 1 : 0)
            .message(reading.message())
            .value(error ? value : reading.value())
            .lastAt(at)
            .unbrokenSince(missing(limits, at) ? at : unbrokenSince)
            .blind(blindUntil(at))
            .build();
    var reached = counted.reached(limits);
    return reached == verdict
        ? counted.showing(reading, at)
        : counted
            .with()
            .verdict(reached)
            .verdictSince(at)
            .recoveredAt(recovers(reached) ? at : recoveredAt)
            .blind(Duration.ZERO)
            .shown(reading.message())
            .shownAt(at)
            .build();
  }

  private boolean recovers(Verdict reached) {
    return reached == Verdict.HEALTHY && verdict != Verdict.PENDING;
  }

  private Streak showing(Reading reading, Instant at) {
    var agrees =
        switch (verdict) {
          case HEALTHY -> reading.color() == Reading.Color.GREEN;
          case UNHEALTHY -> reading.color() == Reading.Color.RED;
          case INCONCLUSIVE -> reading.color() == Reading.Color.ERROR;
          case PENDING -> false;
        };
    return agrees && !at.isBefore(shownAt.plus(SHOWN_AGAIN))
        ? with().shown(reading.message()).shownAt(at).build()
        : this;
  }

  /** True when a measurement should have been made by then, and some more. */
  public boolean missing(Limits limits, Instant at) {
    return at.isAfter(lastAt.plus(limits.longestPause()));
  }

  /** As {@link #blind}, up to a time: from a measurement that failed to the next that did not. */
  public Duration blindUntil(Instant at) {
    return errors == 0 ? blind : blind.plus(Duration.between(lastAt, at));
  }

  private Verdict reached(Limits limits) {
    if (greens >= limits.greens()) {
      return Verdict.HEALTHY;
    }
    if (reds >= limits.reds()) {
      return Verdict.UNHEALTHY;
    }
    if (errors >= limits.errors()) {
      return Verdict.INCONCLUSIVE;
    }
    return verdict;
  }

  /** True when that many in a row said what the verdict says: nothing new is to be expected. */
  boolean settled(int inARow) {
    return switch (verdict()) {
      case HEALTHY -> greens >= inARow;
      case UNHEALTHY -> reds >= inARow;
      case INCONCLUSIVE -> errors >= inARow;
      case PENDING -> false;
    };
  }
}
