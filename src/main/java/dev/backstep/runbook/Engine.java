package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.Run;
import dev.backstep.runbook.Decision.Wait;

/**
 * Decides what a run does next: a pure function of a snapshot. The order is: first bring an open
 * intent to a known end, whatever else is wanted; then stop, if that is wanted; then the rules of
 * the phase.
 */
public final class Engine {
  private Engine() {}

  /** The one next thing to do. */
  public static Decision decide(RunSnapshot snapshot) {
    if (snapshot.run().intent() != null) {
      return Intents.close(snapshot);
    }
    if (stopWanted(snapshot)) {
      return stop(snapshot);
    }
    return switch (snapshot.run().phase()) {
      case Pending -> Beginning.pending(snapshot);
      case Checking -> Beginning.checking(snapshot);
      case Acting -> Acting.next(snapshot);
      case Verifying -> Looking.verifying(snapshot);
      case Soaking -> Looking.soaking(snapshot);
      case AwaitingAnswer -> Answering.next(snapshot);
      case Aborting -> Ending.aborting(snapshot);
      case Releasing -> Ending.releasing(snapshot);
      case Recovered, Mitigated, Exhausted, Aborted, Failed -> Ending.ended(snapshot);
      case Idle, Released -> new Wait(null);
    };
  }

  private static boolean stopWanted(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    var stoppable = phase.isOpen() && phase != Phase.Aborting && phase != Phase.Releasing;
    var releasing =
        phase == Phase.AwaitingAnswer
            && Reasons.RELEASE_FAILED.equals(snapshot.run().question().reason());
    return stoppable && !releasing && (snapshot.deleting() || wishes(snapshot, Run.State.Aborted));
  }

  private static Decision stop(RunSnapshot snapshot) {
    var question = snapshot.run().question();
    if (question != null && question.reason().equals(Reasons.STATUS_LOST)) {
      return Ending.lost(snapshot);
    }
    return snapshot.deleting()
        ? new Steps(snapshot)
            .enter(Phase.Aborting, Reasons.PLAN_DELETED, "The plan is being deleted.")
        : new Steps(snapshot)
            .enter(
                Phase.Aborting,
                Reasons.ABORTED,
                snapshot.wish().stateBy() + " asked to stop the run.");
  }

  static boolean wishes(RunSnapshot snapshot, Run.State state) {
    return snapshot.wish() != null && snapshot.wish().state() == state;
  }
}
