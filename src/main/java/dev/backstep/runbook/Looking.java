package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Gate;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.OnceResult;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.runbook.Decision.Wait;
import java.util.List;
import java.util.stream.Stream;

/** After a level acted: phases Verifying and Soaking. */
final class Looking {
  static final String OVERWRITTEN = "Overwritten";

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
        snapshot.onceGates().stream()
            .filter(gate -> known.stream().noneMatch(result -> result.gate().equals(gate.name())))
            .findFirst()
            .orElse(null);
    if (next == null) {
      return healthy(snapshot, said(snapshot, repeated));
    }
    if (!next.name().equals(snapshot.run().asking())) {
      return new Steps(snapshot)
          .stay(
              Reasons.GATE_ASKED,
              repeated.message() + " Now gate " + next.name() + "." + task(next),
              run -> run.asking(next.name()).askedAt(snapshot.now()));
    }
    return answered(snapshot, next);
  }

  private static Gates said(RunSnapshot snapshot, Gates repeated) {
    return snapshot.run().once().isEmpty() || !snapshot.decidingGates().isEmpty()
        ? repeated
        : new Gates(Verdict.HEALTHY, "Every gate that is measured once is green.");
  }

  private static String task(Gate gate) {
    return gate.instruction() == null
        ? ""
        : " Somebody look and answer by an Approval with item "
            + gate.name()
            + ": "
            + Sentences.of(gate.instruction());
  }

  private static Decision answered(RunSnapshot snapshot, Gate gate) {
    var since = snapshot.run().askedAt();
    var measured = Gates.within(snapshot, List.of(gate), since);
    var streak = snapshot.streak(gate);
    return switch (measured.verdict()) {
      case HEALTHY ->
          new Steps(snapshot)
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
      case PENDING -> new Wait(Gates.nextDeadline(snapshot, List.of(gate), since));
    };
  }

  private static Decision healthy(RunSnapshot snapshot, Gates gates) {
    var steps = new Steps(snapshot);
    if (snapshot.level().onHealthy() == Level.OnHealthy.NextLevel && snapshot.hasNextLevel()) {
      return steps.nextLevel(LevelStatus.Outcome.Healthy, gates.message(), true);
    }
    var soak = Durations.of(snapshot.plan().verification().soak());
    if (soak.isZero()) {
      var finished = steps.finish(LevelStatus.Outcome.Healthy, Reasons.HEALTHY, gates.message());
      var run = finished.run().withMitigatedAt(snapshot.now());
      return new Decision.Advance(run, finished.holds(), finished.action());
    }
    return steps.enter(
        Phase.Soaking,
        Reasons.HEALTHY,
        gates.message()
            + " They have to stay so for "
            + snapshot.plan().verification().soak()
            + ".",
        run -> run.mitigatedAt(snapshot.now()));
  }

  static Decision unhealthy(RunSnapshot snapshot, String why) {
    return unhealthy(snapshot, new Steps(snapshot), Ask.UNHEALTHY, why);
  }

  /** As unhealthy goes the level whose effect does not show. */
  static Decision unhealthy(RunSnapshot snapshot, Steps steps, Ask ask, String why) {
    if (snapshot.level().onUnhealthy() == Level.Next.NextLevel) {
      return steps.nextLevel(LevelStatus.Outcome.Unhealthy, why);
    }
    return steps.ask(ask, why);
  }

  /** Nothing is destroyed because something could not be measured. */
  static Level.Next onInconclusive(RunSnapshot snapshot) {
    var destroys = snapshot.hasNextLevel() && snapshot.destroys(snapshot.nextLevel().name());
    return destroys ? Level.Next.Ask : snapshot.level().onInconclusive();
  }

  private static Decision inconclusive(RunSnapshot snapshot, String why) {
    return onInconclusive(snapshot) == Level.Next.NextLevel
        ? new Steps(snapshot).nextLevel(LevelStatus.Outcome.Inconclusive, why)
        : askInconclusive(snapshot, why);
  }

  private static Decision askInconclusive(RunSnapshot snapshot, String why) {
    return new Steps(snapshot).ask(Ask.INCONCLUSIVE, why + " Nothing more was touched.");
  }

  static Decision soaking(RunSnapshot snapshot) {
    if (snapshot.work() instanceof Work.ToDo todo
        && !snapshot.run().cleared().contains(OVERWRITTEN)) {
      return new Steps(snapshot)
          .ask(
              Ask.OVERWRITTEN,
              OVERWRITTEN,
              "Somebody else changed what level "
                  + snapshot.level().name()
                  + " had done. Left to do: "
                  + todo.message());
    }
    var gates = Gates.now(snapshot);
    if (gates.verdict() == Verdict.UNHEALTHY && notActed(snapshot)) {
      return enterAgain(snapshot, gates);
    }
    if (gates.verdict() == Verdict.UNHEALTHY) {
      return unhealthy(snapshot, "It did not stay healthy. " + gates.message());
    }
    if (gates.verdict() == Verdict.INCONCLUSIVE) {
      return askInconclusive(snapshot, gates.message());
    }
    var since = snapshot.run().phaseSince();
    if (!Gates.measuredThroughout(snapshot, since)) {
      return new Steps(snapshot)
          .enter(
              Phase.Soaking,
              Reasons.MEASURING,
              "The gates were not measured for a while; the soak begins again.");
    }
    var end = since.plus(Durations.of(snapshot.plan().verification().soak()));
    if (snapshot.now().isBefore(end)) {
      return new Wait(end);
    }
    if (gates.verdict() != Verdict.HEALTHY) {
      return new Wait(null);
    }
    return new Steps(snapshot)
        .finish(
            LevelStatus.Outcome.Healthy,
            Reasons.SOAKED,
            snapshot.decidingGates().isEmpty()
                ? said(snapshot, gates).message()
                : gates.message()
                    + " They stayed so for "
                    + snapshot.plan().verification().soak()
                    + ".");
  }

  private static boolean notActed(RunSnapshot snapshot) {
    return snapshot.wantsApproval(snapshot.level()) && snapshot.run().action() == null;
  }

  /** The level had not acted, because the system turned healthy by itself. */
  private static Decision enterAgain(RunSnapshot snapshot, Gates gates) {
    return new Steps(snapshot)
        .enter(
            Phase.Acting,
            Reasons.UNHEALTHY,
            "It did not stay healthy. "
                + gates.message()
                + " Level "
                + snapshot.level().name()
                + " has not acted: it is entered again.",
            run -> run.measuringSince(snapshot.now()).mitigatedAt(null));
  }
}
