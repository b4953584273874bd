package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.runbook.Decision.Wait;

/** After a level acted: phases Verifying and Soaking. */
final class Looking {
  private Looking() {}

  static Decision verifying(RunSnapshot snapshot) {
    var gates = Gates.within(snapshot);
    return switch (gates.verdict()) {
      case HEALTHY -> healthy(snapshot, gates);
      case UNHEALTHY -> unhealthy(snapshot, gates.message());
      case INCONCLUSIVE -> inconclusive(snapshot, gates.message());
      case PENDING -> new Wait(Gates.nextDeadline(snapshot));
    };
  }

  private static Decision healthy(RunSnapshot snapshot, Gates gates) {
    var steps = new Steps(snapshot);
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

  private static Decision inconclusive(RunSnapshot snapshot, String why) {
    return snapshot.level().onInconclusive() == Level.Next.NextLevel
        ? new Steps(snapshot).nextLevel(LevelStatus.Outcome.Inconclusive, why)
        : askInconclusive(snapshot, why);
  }

  private static Decision askInconclusive(RunSnapshot snapshot, String why) {
    return new Steps(snapshot).ask(Ask.INCONCLUSIVE, why + " Nothing more was touched.");
  }

  static Decision soaking(RunSnapshot snapshot) {
    var gates = Gates.now(snapshot);
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
            gates.message() + " They stayed so for " + snapshot.plan().verification().soak() + ".");
  }
}
