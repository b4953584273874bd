package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.gate.Gate;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.status.Agreement;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.OnceResult;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Work;
import dev.backstep.measure.Verdict;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** After a level acted: phases Verifying and Soaking. */
final class Looking {
  private static final Agreement OVERWRITTEN = Agreement.of(Agreement.What.Overwritten);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /**
   * What somebody else undid is not healthy whatever the gates say; red is red however long it
   * lasted; only time in which somebody looked counts.
   */
  private static final List<Guard> SOAK =
      List.of(
          Looking::overwritten,
          Looking::notHealthy,
          Looking::unwatched,
          Looking::recovered,
          Looking::tooEarly,
          Looking::unknown,
          Looking::notLooked);

  private Looking() {}

  static Decision verifying(RunSnapshot snapshot) {
    var gates = Gates.within(snapshot);
    return switch (gates.verdict()) {
      case HEALTHY -> once(snapshot, gates);
      case UNHEALTHY -> unhealthy(snapshot, gates.message());
      case INCONCLUSIVE -> inconclusive(snapshot, gates.message());
      case PENDING -> new Wait(Gates.nextDeadline(snapshot));
    };
  }

  /** After the repeated gates, those that are measured once, one after the other. */
  private static Decision once(RunSnapshot snapshot, Gates repeated) {
    var known = snapshot.run().once();
    var next =
        snapshot.judges().onceGates().stream()
            .filter(gate -> known.stream().noneMatch(result -> result.gate().equals(gate.name())))
            .findFirst()
            .orElse(null);
    if (next == null) {
      return healthy(snapshot, said(snapshot, repeated));
    }
    if (!next.name().equals(snapshot.run().asking())) {
      return Asking.begin(snapshot, next, repeated.message());
    }
    return answered(snapshot, next);
  }

  private static Gates said(RunSnapshot snapshot, Gates repeated) {
    return snapshot.run().once().isEmpty() || !snapshot.judges().decidingGates().isEmpty()
        ? repeated
        : new Gates(Verdict.HEALTHY, "Every gate that is measured once is green.");
  }

  private static Decision answered(RunSnapshot snapshot, Gate gate) {
    var measured = Asking.answer(snapshot, gate);
    var streak = snapshot.streak(gate);
    return switch (measured.verdict()) {
      case HEALTHY ->
          new Moves(snapshot)
              .stay(
                  Reasons.HEALTHY,
                  measured.message(),
                  run ->
                      run.asking(null)
                          .once(
                              Stream.concat(
                                      snapshot.run().once().stream(),
                                      Stream.of(
                                          new OnceResult(gate.name(), true, streak.message())))
                                  .toList()));
      case UNHEALTHY -> unhealthy(snapshot, measured.message());
      case INCONCLUSIVE -> inconclusive(snapshot, measured.message());
      case PENDING -> new Wait(Asking.deadline(snapshot, gate));
    };
  }

  private static Decision healthy(RunSnapshot snapshot, Gates gates) {
    var moves = new Moves(snapshot);
    var soak = snapshot.plan().verification().soak();
    if (snapshot.level().onHealthy() == Level.OnHealthy.NextLevel && snapshot.hasNextLevel()) {
      return mitigated(
          snapshot, moves.climb().nextLevel(LevelStatus.Outcome.Healthy, gates.message(), true));
    }
    return mitigated(
        snapshot,
        Durations.of(soak).isZero()
            ? moves.climb().finish(LevelStatus.Outcome.Healthy, Reasons.HEALTHY, gates.message())
            : moves.enter(
                Phase.Soaking,
                Reasons.HEALTHY,
                "%s This has to last for %s.".formatted(gates.message(), soak)));
  }

  private static Advance mitigated(RunSnapshot snapshot, Advance advance) {
    var run = advance.run().withMitigatedAt(snapshot.now());
    return new Advance(run, advance.holds(), advance.action());
  }

  static Decision unhealthy(RunSnapshot snapshot, String why) {
    return unhealthy(snapshot, Ask.UNHEALTHY, why);
  }

  /** As unhealthy goes the level whose effect does not show. */
  static Decision unhealthy(RunSnapshot snapshot, Ask ask, String why) {
    var moves = new Moves(snapshot);
    if (snapshot.level().onUnhealthy() == Level.Next.NextLevel) {
      return moves.climb().nextLevel(LevelStatus.Outcome.Unhealthy, why);
    }
    return moves.ask(ask, why);
  }

  /** Nothing is destroyed because something could not be measured. */
  static Level.Next onInconclusive(RunSnapshot snapshot) {
    var destroys = snapshot.hasNextLevel() && snapshot.destroys(snapshot.nextLevel().name());
    return destroys ? Level.Next.Ask : snapshot.level().onInconclusive();
  }

  private static Decision inconclusive(RunSnapshot snapshot, String why) {
    return onInconclusive(snapshot) == Level.Next.NextLevel
        ? new Moves(snapshot).climb().nextLevel(LevelStatus.Outcome.Inconclusive, why)
        : askInconclusive(snapshot, why);
  }

  private static Decision askInconclusive(RunSnapshot snapshot, String why) {
    return new Moves(snapshot).ask(Ask.INCONCLUSIVE, "%s Nothing more was touched.".formatted(why));
  }

  static Decision soaking(RunSnapshot snapshot) {
    return Guard.first(SOAK, snapshot).orElseGet(() -> soaked(snapshot));
  }

  private static Optional<Decision> overwritten(RunSnapshot snapshot) {
    var why = "Somebody else changed what level %s had done. Left to do: %s";
    return snapshot.work() instanceof Work.Overwritten work && !snapshot.agreed(OVERWRITTEN)
        ? Optional.of(
            new Moves(snapshot)
                .ask(
                    Ask.OVERWRITTEN,
                    String.join(", ", work.actions()),
                    why.formatted(snapshot.level().name(), work.message())))
        : Optional.empty();
  }

  private static Optional<Decision> notHealthy(RunSnapshot snapshot) {
    var gates = Gates.now(snapshot);
    return switch (gates.verdict()) {
      case UNHEALTHY ->
          Optional.of(
              notActed(snapshot)
                  ? enterAgain(snapshot, gates)
                  : unhealthy(snapshot, "It did not stay healthy. %s".formatted(gates.message())));
      case INCONCLUSIVE -> Optional.of(askInconclusive(snapshot, gates.message()));
      case HEALTHY, PENDING -> Optional.empty();
    };
  }

  private static Optional<Decision> unwatched(RunSnapshot snapshot) {
    return Gates.measuredThroughout(snapshot, snapshot.run().phaseSince())
        ? Optional.empty()
        : Optional.of(soakAgain(snapshot, "The gates were not measured for a while"));
  }

  /** Two measurements may end in one moment, and nobody looked in between. */
  private static Optional<Decision> recovered(RunSnapshot snapshot) {
    return Gates.anyRecovered(snapshot, snapshot.run().phaseSince())
        ? Optional.of(soakAgain(snapshot, "A gate was not healthy for a moment"))
        : Optional.empty();
  }

  private static Decision soakAgain(RunSnapshot snapshot, String why) {
    return new Moves(snapshot)
        .enter(Phase.Soaking, Reasons.MEASURING, "%s; the soak begins again.".formatted(why));
  }

  /**
   * The time in which a gate could not be measured does not count: as long as one cannot, the end
   * moves away as fast as time passes, and nobody can wait for it.
   */
  private static Optional<Decision> tooEarly(RunSnapshot snapshot) {
    var soak = Durations.of(snapshot.plan().verification().soak());
    var end = snapshot.run().phaseSince().plus(soak).plus(Gates.blind(snapshot));
    if (!snapshot.now().isBefore(end)) {
      return Optional.empty();
    }
    return Optional.of(new Wait(Gates.anyError(snapshot) ? snapshot.now().plus(LOOK_AGAIN) : end));
  }

  private static Optional<Decision> unknown(RunSnapshot snapshot) {
    if (Gates.now(snapshot).verdict() != Verdict.HEALTHY) {
      return Optional.of(new Wait(null));
    }
    return Gates.anyMissing(snapshot)
        ? Optional.of(new Wait(snapshot.now().plus(LOOK_AGAIN)))
        : Optional.empty();
  }

  /** Nobody knows yet whether somebody else undid it. */
  private static Optional<Decision> notLooked(RunSnapshot snapshot) {
    return snapshot.work() == null ? Optional.of(new Wait(null)) : Optional.empty();
  }

  private static Decision soaked(RunSnapshot snapshot) {
    var gates = Gates.now(snapshot);
    var message = "%s This lasted for %s.";
    return new Moves(snapshot)
        .climb()
        .finish(
            LevelStatus.Outcome.Healthy,
            Reasons.SOAKED,
            snapshot.judges().decidingGates().isEmpty()
                ? said(snapshot, gates).message()
                : message.formatted(gates.message(), snapshot.plan().verification().soak()));
  }

  private static boolean notActed(RunSnapshot snapshot) {
    return snapshot.wantsApproval(snapshot.level())
        && snapshot.run().action() == null
        && !snapshot.levelActed();
  }

  /** The level had not acted, because the system turned healthy by itself. */
  private static Decision enterAgain(RunSnapshot snapshot, Gates gates) {
    var why = "It did not stay healthy. %s Level %s has not acted: it is entered again.";
    return new Moves(snapshot)
        .enter(
            Phase.Acting,
            Reasons.UNHEALTHY,
            why.formatted(gates.message(), snapshot.level().name()),
            run -> run.measuringSince(snapshot.now()).mitigatedAt(null));
  }
}
