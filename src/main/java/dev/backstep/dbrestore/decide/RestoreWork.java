package dev.backstep.dbrestore.decide;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.dbrestore.decide.Decision.Act;
import dev.backstep.dbrestore.decide.RestoreSnapshot.Due;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Work;
import dev.backstep.restore.Restoring;
import dev.backstep.runbook.Stopping;
import dev.backstep.time.Durations;
import java.time.Duration;
import java.util.Optional;

/** What is left to do, when nothing is under way. */
final class RestoreWork {
  /** Whoever is interrupted as often will be once more. */
  private static final int MOST_ATTEMPTS = 3;

  private RestoreWork() {}

  static Optional<Decision> decide(RestoreSnapshot snapshot) {
    return snapshot.phase().isOpen() || snapshot.phase() == RestorePhase.Succeeded
        ? snapshot.due().flatMap(due -> decide(snapshot, due))
        : Optional.empty();
  }

  private static Optional<Decision> decide(RestoreSnapshot snapshot, Due due) {
    var work = due.step().work();
    if (work.isSettled()) {
      return settled(snapshot, work);
    }
    if (work instanceof Work.Impossible impossible) {
      if (begunAnew(snapshot, due, impossible)) {
        return Optional.of(Steps.anew(snapshot, impossible.message()));
      }
      return Optional.of(failed(snapshot, due, impossible.reason(), impossible.message()));
    }
    if (work instanceof Work.Unknown || work instanceof Work.Stuck) {
      return Optional.of(failed(snapshot, due, Reasons.OUTCOME_UNKNOWN, work.message()));
    }
    if (goesForward(snapshot.phase(), due.phase())) {
      return Optional.of(entered(snapshot, due));
    }
    return work instanceof Work.ToDo todo
        ? Optional.of(act(snapshot, due, todo))
        : Optional.empty();
  }

  /** Half a database is of no use; that its program was killed says nothing of the backup. */
  private static boolean begunAnew(RestoreSnapshot snapshot, Due due, Work.Impossible impossible) {
    return snapshot.phase() == RestorePhase.Restoring
        && due.phase() == RestorePhase.Restoring
        && impossible.reason().equals(Reasons.LOAD_INTERRUPTED)
        && snapshot.run().done().attempt() < MOST_ATTEMPTS;
  }

  /** A server that cannot be asked, or somebody who came back meanwhile, leads back nowhere. */
  private static boolean goesForward(RestorePhase from, RestorePhase to) {
    return from.isOpen()
        && from != RestorePhase.Stopping
        && from != RestorePhase.Undoing
        && to.compareTo(from) > 0;
  }

  /** That the live data is replaced is written down before the first statement that does it. */
  private static Decision entered(RestoreSnapshot snapshot, Due due) {
    return Steps.enter(
        snapshot,
        due.phase(),
        due.phase().name(),
        due.step().work().message(),
        run -> due.phase() == RestorePhase.CuttingOver ? run.withReplacedAt(snapshot.now()) : run);
  }

  private static Optional<Decision> settled(RestoreSnapshot snapshot, Work work) {
    return switch (snapshot.phase()) {
      case Restoring, Verifying -> Optional.of(proven(snapshot, work));
      case Quiescing, BackingUp, CuttingOver, Finishing -> Optional.of(succeeded(snapshot, work));
      case Stopping -> Optional.of(stopped(snapshot));
      case Undoing ->
          Optional.of(
              Steps.enter(
                  snapshot,
                  RestorePhase.Undone,
                  Reasons.UNDONE,
                  work.message(),
                  run -> ended(run, snapshot)));
      case Succeeded -> Optional.of(dropped(snapshot, work));
      default -> Optional.empty();
    };
  }

  private static Decision proven(RestoreSnapshot snapshot, Work work) {
    return snapshot.drill()
        ? Steps.stopping(
            timed(snapshot), RestorePhase.Drilled, Reasons.DRILLED, drilled(snapshot, work))
        : Agreeing.asked(snapshot, null, work.message());
  }

  private static String drilled(RestoreSnapshot snapshot, Work work) {
    return "%s It took %s.".formatted(work.message(), took(snapshot));
  }

  /** Without the time that people took. */
  private static String took(RestoreSnapshot snapshot) {
    return Durations.said(Duration.between(snapshot.run().done().startedAt(), snapshot.now()));
  }

  private static RestoreSnapshot timed(RestoreSnapshot snapshot) {
    return snapshot.withStatus(snapshot.status().withRecoveryTime(took(snapshot)));
  }

  private static Decision succeeded(RestoreSnapshot snapshot, Work work) {
    var until =
        snapshot.spec().restore().keepsOld()
            ? RestoreRun.ALWAYS
            : snapshot.now().plus(Durations.of(snapshot.spec().keepOld()));
    return Steps.enter(
        timed(snapshot),
        RestorePhase.Succeeded,
        Reasons.RESTORED,
        work.message(),
        run -> ended(run, snapshot).withKeptUntil(until));
  }

  private static RestoreRun ended(RestoreRun run, RestoreSnapshot snapshot) {
    return run.with().endedAt(snapshot.now()).keptUntil(null).build();
  }

  private static Decision stopped(RestoreSnapshot snapshot) {
    var run = snapshot.run();
    return Steps.ended(snapshot, run.ending(), run.endingReason(), run.endingMessage());
  }

  private static Decision dropped(RestoreSnapshot snapshot, Work work) {
    return new Decision.Advance(
        snapshot.status().withRun(snapshot.run().withKeptUntil(null)),
        Reasons.OLD_DROPPED,
        work.message());
  }

  /**
   * Before anything was replaced it ends well, if not as wanted; afterwards a human looks. What is
   * due tells which it is: the first look after a swap finds the live data, good or bad.
   */
  private static Decision failed(RestoreSnapshot snapshot, Due due, String reason, String message) {
    var phase = snapshot.phase();
    return switch (goesForward(phase, due.phase()) ? due.phase() : phase) {
      case Restoring, Verifying, AwaitingApproval, Quiescing, BackingUp, CuttingOver ->
          Steps.stopping(snapshot, RestorePhase.Failed, reason, message);
      case Finishing, Undoing -> Steps.ended(snapshot, RestorePhase.HalfRestored, reason, message);
      // Who is kept off is not forgotten: it is tried again until it can be given back.
      default -> new Decision.Wait();
    };
  }

  /** What is sent in a phase is sent for this. */
  static Intent.Verb verb(RestorePhase phase) {
    return switch (phase) {
      case Stopping -> Intent.Verb.Release;
      case Undoing -> Intent.Verb.Undo;
      default -> Intent.Verb.Apply;
    };
  }

  private static Act act(RestoreSnapshot snapshot, Due due, Work.ToDo todo) {
    var verb = verb(snapshot.phase());
    var number = snapshot.run().done().next(verb);
    var mark = Mark.first(snapshot.claim(), RestoreEngine.ACTION, verb, number);
    var intent = todo.intent(mark, snapshot.status().seq() + 1, snapshot.now());
    return new Act(snapshot.status(), intent, due.step());
  }
}
