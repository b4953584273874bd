package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.dbrestore.decide.Decision.Advance;
import dev.backstep.dbrestore.decide.Decision.Close;
import dev.backstep.dbrestore.decide.Decision.Wait;
import dev.backstep.effect.EffectRecords;
import dev.backstep.effect.Progress;
import dev.backstep.effect.Progress.Report;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Stopping;
import java.util.Optional;

/** What happens to an open intent: it is awaited, closed, or its outcome recorded. */
final class Sending {
  private Sending() {}

  static Optional<Decision> decide(RestoreSnapshot snapshot) {
    var intent = snapshot.run().intent();
    if (intent == null) {
      return Optional.empty();
    }
    if (snapshot.progress() instanceof Report report) {
      return Optional.of(recorded(snapshot, intent, report));
    }
    if (snapshot.progress() instanceof Progress.InFlight) {
      return Optional.of(new Wait());
    }
    if (snapshot.progress() instanceof Progress.NotKnown notKnown && givenUp(intent, snapshot)) {
      return Optional.of(recorded(snapshot, intent, notKnown.soFar()));
    }
    return Optional.of(new Close(intent, wanted(intent, snapshot)));
  }

  /** Once people want it otherwise, what did not happen yet does not. */
  private static boolean wanted(Intent intent, RestoreSnapshot snapshot) {
    return intent.verb() == RestoreWork.verb(snapshot.phase());
  }

  private static boolean givenUp(Intent intent, RestoreSnapshot snapshot) {
    return snapshot.now().isAfter(intent.notAfter().plus(Work.SEND_LIMIT));
  }

  private static Decision recorded(RestoreSnapshot snapshot, Intent intent, Report report) {
    var run = snapshot.run();
    var holds = EffectRecords.holds(run.holds(), report);
    var after =
        run.with()
            .done(EffectRecords.with(run.done(), intent, snapshot.now(), report))
            .intent(null)
            .holds(holds)
            .build();
    var status = snapshot.status().withRun(after);
    // Of what is not known, the world is asked; whatever came of it, it is seen there.
    var problem = EffectRecords.failure(report);
    if (problem.isEmpty()) {
      return new Advance(status, Reasons.EFFECT_APPLIED, EffectRecords.said(report));
    }
    return failed(snapshot.withStatus(status), problem.get());
  }

  /** The next look says what is left; but what failed is not tried again by itself. */
  private static Decision failed(RestoreSnapshot snapshot, String problem) {
    return switch (snapshot.phase()) {
      case Stopping -> Steps.stopped(snapshot, problem);
      case Undoing, Finishing ->
          Steps.ended(
              snapshot, RestorePhase.HalfRestored, Reasons.ACTION_FAILED, halfDone(problem));
      case Succeeded, HalfRestored, Drilled, Failed, Aborted, Undone ->
          new Advance(snapshot.status(), Reasons.ACTION_FAILED, problem);
      default -> Steps.stopping(snapshot, RestorePhase.Failed, Reasons.ACTION_FAILED, problem);
    };
  }

  private static String halfDone(String problem) {
    return "It stopped half-way, and a human has to look: %s".formatted(problem);
  }
}
