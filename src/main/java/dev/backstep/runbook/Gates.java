package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The verdict over several gates. Unhealthy beats inconclusive beats healthy; while a gate is
 * undecided, only unhealthy is said.
 *
 * @param verdict what they say together
 * @param message which gates decided, and what they saw
 */
record Gates(Verdict verdict, String message) {

  /** How long gates may stay undecided before they count as not measurable. */
  private static final Duration UNDECIDED_LIMIT = Duration.ofSeconds(60);

  /** Until when the gates that are measured for the run's next step may be undecided. */
  static Instant undecidedUntil(RunSnapshot snapshot) {
    return snapshot.run().measuringSince().plus(UNDECIDED_LIMIT);
  }

  /** Before anything is touched, and in the soak: what the last measurements in a row say. */
  static Gates now(RunSnapshot snapshot) {
    return now(snapshot, snapshot.judges().decidingGates());
  }

  /** As {@link #now(RunSnapshot)}, over these gates. */
  static Gates now(RunSnapshot snapshot, List<Gate> gates) {
    return of(snapshot, gates, gate -> current(snapshot.streak(gate), gate));
  }

  /** After a level acted: a gate that is not healthy within its time is unhealthy. */
  static Gates within(RunSnapshot snapshot) {
    return within(snapshot, snapshot.judges().decidingGates(), snapshot.run().measuringSince());
  }

  /** As {@link #within(RunSnapshot)}, over these gates, measured since that moment. */
  static Gates within(RunSnapshot snapshot, List<Gate> gates, Instant since) {
    return of(
        snapshot,
        gates,
        gate -> {
          var verdict = current(snapshot.streak(gate), gate);
          // Measured one time: red is unhealthy at once.
          var settled =
              verdict == Verdict.HEALTHY
                  || verdict == Verdict.INCONCLUSIVE
                  || verdict == Verdict.UNHEALTHY && gate.once();
          if (settled || snapshot.now().isBefore(deadline(snapshot, gate, since))) {
            // Red before the time is over is expected: the application may still be starting.
            return settled ? verdict : Verdict.PENDING;
          }
          var streak = snapshot.streak(gate);
          if (streak.verdict() == Verdict.HEALTHY) {
            // It was healthy in time: from then on only its limits decide.
            return verdict;
          }
          var unmeasured = streak.greens() + streak.reds() + streak.errors() == 0;
          return unmeasured || streak.errors() > 0 ? Verdict.INCONCLUSIVE : Verdict.UNHEALTHY;
        });
  }

  /** The next instant at which {@link #within} may say something else by itself; null: none. */
  static Instant nextDeadline(RunSnapshot snapshot) {
    return nextDeadline(
        snapshot, snapshot.judges().decidingGates(), snapshot.run().measuringSince());
  }

  /** As {@link #nextDeadline(RunSnapshot)}, over these gates, measured since that moment. */
  static Instant nextDeadline(RunSnapshot snapshot, List<Gate> gates, Instant since) {
    return gates.stream()
        .map(gate -> deadline(snapshot, gate, since))
        .filter(deadline -> deadline.isAfter(snapshot.now()))
        .min(Instant::compareTo)
        .orElse(null);
  }

  /** True when the last measurement of a deciding gate could not be made. */
  static boolean anyError(RunSnapshot snapshot) {
    return snapshot.judges().decidingGates().stream()
        .anyMatch(gate -> snapshot.streak(gate).errors() > 0);
  }

  /** True when no measurement of a deciding gate was missing since then. */
  static boolean measuredThroughout(RunSnapshot snapshot, Instant since) {
    return snapshot.judges().decidingGates().stream()
        .noneMatch(
            gate ->
                snapshot
                    .streak(gate)
                    .unbrokenSince()
                    .isAfter(since.plus(GateLimits.of(gate).longestPause())));
  }

  /**
   * True when a deciding gate turned healthy after that: before, it was not, seen or unseen.
   *
   * @param since in whole milliseconds, as all times of a run
   */
  static boolean anyRecovered(RunSnapshot snapshot, Instant since) {
    return snapshot.judges().decidingGates().stream()
        .map(gate -> snapshot.streak(gate).recoveredAt())
        .filter(Objects::nonNull)
        .anyMatch(recovered -> recovered.truncatedTo(ChronoUnit.MILLIS).isAfter(since));
  }

  /** True when a measurement of a deciding gate is missing now: nobody knows how it is. */
  static boolean anyMissing(RunSnapshot snapshot) {
    return snapshot.judges().decidingGates().stream()
        .anyMatch(gate -> snapshot.streak(gate).missing(GateLimits.of(gate), snapshot.now()));
  }

  /** For how long a deciding gate could not be measured since it turned healthy. */
  static Duration blind(RunSnapshot snapshot) {
    return snapshot.judges().decidingGates().stream()
        .map(gate -> snapshot.streak(gate).blindUntil(snapshot.now()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Verdict current(Streak streak, Gate gate) {
    if (streak.greens() >= gate.successLimit()) {
      return Verdict.HEALTHY;
    }
    if (streak.reds() >= gate.failureLimit()) {
      return Verdict.UNHEALTHY;
    }
    return streak.errors() >= gate.errorLimit() ? Verdict.INCONCLUSIVE : Verdict.PENDING;
  }

  private static Instant deadline(RunSnapshot snapshot, Gate gate, Instant since) {
    var within = since.plus(Durations.of(gate.within()));
    // A new process starts counting at zero: give it the time to reach a verdict.
    var counted = snapshot.streak(gate).since().plus(intervals(gate, gate.successLimit()));
    var restarted = snapshot.streak(gate).since().isAfter(since.plusSeconds(2));
    return restarted && counted.isAfter(within) ? counted : within;
  }

  private static Duration intervals(Gate gate, int count) {
    return Durations.of(gate.interval()).multipliedBy(count);
  }

  private static Gates of(
      RunSnapshot snapshot, List<Gate> gates, Function<Gate, Verdict> verdictOf) {
    Predicate<Verdict> any = wanted -> gates.stream().anyMatch(g -> verdictOf.apply(g) == wanted);
    if (any.test(Verdict.UNHEALTHY)) {
      return said(snapshot, gates, verdictOf, Verdict.UNHEALTHY);
    }
    if (any.test(Verdict.PENDING)) {
      return said(snapshot, gates, verdictOf, Verdict.PENDING);
    }
    var verdict = any.test(Verdict.INCONCLUSIVE) ? Verdict.INCONCLUSIVE : Verdict.HEALTHY;
    return said(snapshot, gates, verdictOf, verdict);
  }

  private static Gates said(
      RunSnapshot snapshot, List<Gate> gates, Function<Gate, Verdict> verdictOf, Verdict verdict) {
    var which = gates.stream().filter(gate -> verdictOf.apply(gate) == verdict).toList();
    if (gates.isEmpty()) {
      return new Gates(verdict, "No gate is measured again and again.");
    }
    if (verdict == Verdict.HEALTHY) {
      return new Gates(
          verdict,
          which.size() == 1
              ? "Gate %s is healthy.".formatted(which.get(0).name())
              : "All %s gates are healthy.".formatted(which.size()));
    }
    var details =
        which.stream()
            .map(gate -> gate.name() + " (" + snapshot.streak(gate).message() + ")")
            .collect(Collectors.joining(", "));
    var word =
        verdict == Verdict.INCONCLUSIVE
            ? "could not be measured; that is neither good nor bad"
            : verdict.name().toLowerCase(Locale.ROOT);
    return new Gates(
        verdict, (which.size() == 1 ? "Gate " : "Gates ") + details + ": " + word + ".");
  }
}
