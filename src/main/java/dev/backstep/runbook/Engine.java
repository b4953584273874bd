package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.effect.Progress.Report;
import dev.backstep.runbook.Decision.Wait;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what a run does next: a pure function of a snapshot. The order is: first bring an open
 * intent to an end, whatever else is wanted; then remember what is held; then stop, if that is
 * wanted; then the rules of the phase.
 */
public final class Engine {
  /** Questions of a run that is ending already: there is nothing left to stop. */
  private static final Set<String> ENDING =
      Set.of(
          Reasons.RELEASE_DOUBTED,
          Reasons.RELEASE_FAILED,
          Reasons.RELEASE_UNKNOWN,
          Reasons.RELEASE_GATE,
          Reasons.RELEASED_UNHEALTHY,
          Reasons.UNDO_DOUBTED,
          Reasons.UNDO_FAILED,
          Reasons.UNDO_REJECTED,
          Reasons.UNDO_UNKNOWN);

  /** What they ask where something could not be given back, or nobody knows. */
  private static final Set<String> HELD_STILL =
      Set.of(Reasons.RELEASE_FAILED, Reasons.RELEASE_UNKNOWN);

  private Engine() {}

  /** The one next thing to do. */
  public static Decision decide(RunSnapshot snapshot) {
    if (snapshot.run().intent() != null) {
      // The time for closing it is shorter once the run is to stop: so that is written down first.
      return stopWanted(snapshot) && !(snapshot.progress() instanceof Report)
          ? stop(snapshot)
          : Intents.close(snapshot);
    }
    if (Holds.found(snapshot)) {
      return Holds.remember(snapshot);
    }
    if (stopWanted(snapshot)) {
      return stop(snapshot);
    }
    if (foreign(snapshot)) {
      return Beginning.foreign(snapshot);
    }
    if (endsWithThePlan(snapshot)) {
      return Ending.withThePlan(snapshot);
    }
    var overdue = Promises.overdue(snapshot);
    if (!overdue.isEmpty()) {
      return Promises.say(snapshot, overdue);
    }
    return Promises.before(
        snapshot, Pausing.concerns(snapshot) ? Pausing.next(snapshot) : byPhase(snapshot));
  }

  /**
   * Starts the clock of an action whose first effect cannot be prepared now: its time runs anyway.
   *
   * @return empty when its time runs already, or no action is at work
   */
  public static Optional<Decision.Advance> heldUp(RunSnapshot snapshot, String why) {
    return snapshot.run().phase() == Phase.Acting && !snapshot.allActed()
        ? Acting.heldUp(snapshot, why)
        : Optional.empty();
  }

  /**
   * A run of another version is not gone on with: it may have done what its records do not say. One
   * that gives or puts back asks about each action instead ({@link PuttingBack#foreign}).
   */
  private static boolean foreign(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    return snapshot.run().foreign()
        && phase.isOpen()
        && phase != Phase.AwaitingAnswer
        && phase != Phase.Aborting
        && !ending(snapshot);
  }

  private static Decision byPhase(RunSnapshot snapshot) {
    return switch (snapshot.run().phase()) {
      case Pending -> Beginning.pending(snapshot);
      case Checking -> Beginning.checking(snapshot);
      case AwaitingApproval ->
          UndoApproval.isAwaited(snapshot) ? UndoApproval.next(snapshot) : Approving.next(snapshot);
      case Acting -> Acting.next(snapshot);
      case Verifying -> Looking.verifying(snapshot);
      case Soaking -> Looking.soaking(snapshot);
      case AwaitingAnswer -> Answering.next(snapshot);
      case Aborting -> Ending.aborting(snapshot);
      case Releasing -> Releasing.next(snapshot);
      case Undoing -> Undoing.next(snapshot);
      case Recovered, Mitigated, Exhausted, Aborted, Failed, Released, Undone, Completed ->
          Ending.ended(snapshot);
      case Idle -> new Wait(null);
    };
  }

  private static boolean stopWanted(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    var stoppable = phase.isOpen() && phase != Phase.Aborting && !ending(snapshot);
    return stoppable && (snapshot.deleting() || stopAsked(snapshot));
  }

  /** True when the run gives back or puts back, or asks about that. */
  static boolean ending(RunSnapshot snapshot) {
    var phase = snapshot.run().phase();
    return phase == Phase.Releasing
        || phase == Phase.Undoing
        || UndoApproval.isAwaited(snapshot)
        || asksWhileEnding(snapshot);
  }

  private static boolean asksWhileEnding(RunSnapshot snapshot) {
    return snapshot.run().phase() == Phase.AwaitingAnswer
        && ENDING.contains(snapshot.run().question().reason());
  }

  /** Nobody is asked any more how to end a run of a plan that goes away, unless that failed. */
  private static boolean endsWithThePlan(RunSnapshot snapshot) {
    return snapshot.deleting()
        && (UndoApproval.isAwaited(snapshot)
            || asksWhileEnding(snapshot)
                && !HELD_STILL.contains(snapshot.run().question().reason()));
  }

  /** True when a human wants the run to stop. */
  static boolean stopAsked(RunSnapshot snapshot) {
    return wishes(snapshot, Run.State.Aborted) || wishes(snapshot, Run.State.Undone);
  }

  private static Decision stop(RunSnapshot snapshot) {
    var question = snapshot.run().question();
    if (question != null && question.reason().equals(Reasons.STATUS_LOST)) {
      return Ending.lost(snapshot);
    }
    return snapshot.deleting()
        ? new Moves(snapshot)
            .enter(
                Phase.Aborting,
                Reasons.PLAN_DELETED,
                "The plan is being deleted.",
                run -> run.pausedSince(null).leaving(null))
        : new Moves(snapshot)
            .enter(
                Phase.Aborting,
                Reasons.ABORTED,
                "%s asked to stop the run.".formatted(snapshot.wish().stateBy()),
                run -> run.pausedSince(null).leaving(null));
  }

  static boolean wishes(RunSnapshot snapshot, Run.State state) {
    return snapshot.wish() != null && snapshot.wish().state() == state;
  }
}
