package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.Mark;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A level's actions, one after the other: phase Acting. */
final class Acting {
  private Acting() {}

  static Decision next(RunSnapshot snapshot) {
    if (snapshot.entering()) {
      return Entering.next(snapshot);
    }
    return snapshot.allActed() ? PuttingBack.next(snapshot) : begin(snapshot);
  }

  /** The current action, or the first one of a level that may act now. */
  static Decision begin(RunSnapshot snapshot) {
    if (snapshot.run().leaving() != null) {
      return Leaving.next(snapshot);
    }
    var action = new Moves(snapshot).actionStatus();
    if (action.outcome() != null) {
      return ActionEnd.ended(snapshot, action);
    }
    if (action.provingSince() != null) {
      return Proving.next(snapshot, action);
    }
    if (snapshot.work() == null) {
      return new Wait(null);
    }
    return carryOut(snapshot);
  }

  private static Decision carryOut(RunSnapshot snapshot) {
    return verdict(snapshot)
        .or(() -> rolling(snapshot))
        .or(() -> Guard.first(BeforeAnEffect.GUARDS, snapshot))
        .orElseGet(() -> act(snapshot, todo(snapshot), deadline(snapshot)));
  }

  /** What ends the action, or keeps it from being begun. */
  private static Optional<Decision> verdict(RunSnapshot snapshot) {
    var work = snapshot.work();
    if (work instanceof Work.Impossible impossible) {
      return Optional.of(ActionEnd.fail(snapshot, impossible.message()));
    }
    if (work instanceof Work.Unknown unknown) {
      return Optional.of(
          ActionEnd.end(snapshot, Outcome.Unknown, Reasons.OUTCOME_UNKNOWN, unknown.message()));
    }
    if (work instanceof Work.Contested contested) {
      return Optional.of(
          ActionEnd.end(snapshot, Outcome.Contested, Reasons.CONTESTED, contested.message()));
    }
    if (work instanceof Work.Owned owned) {
      return Optional.of(
          new Moves(snapshot).ask(Ask.TARGET_OWNED, snapshot.action().name(), owned.message()));
    }
    if (work instanceof Work.Held held) {
      return Optional.of(
          new Moves(snapshot).ask(Ask.TARGET_HELD, snapshot.action().name(), held.message()));
    }
    if (work instanceof Work.Observed observed) {
      return Optional.of(
          Preparing.isUnderWay(snapshot)
              ? Preparing.ready(snapshot, observed.message())
              : ActionEnd.observed(snapshot, observed.message()));
    }
    return work instanceof Work.Stuck stuck
        ? Optional.of(ActionEnd.notObserved(snapshot, stuck.message()))
        : Optional.empty();
  }

  /** Nothing is left to send, and the effect does not show yet. */
  private static Optional<Decision> rolling(RunSnapshot snapshot) {
    if (!(snapshot.work() instanceof Work.Rolling rolling)) {
      return Optional.empty();
    }
    var moves = new Moves(snapshot);
    if (!moves.begun()) {
      // Its timeout has to be remembered from now on.
      return Optional.of(remembered(snapshot, rolling));
    }
    return Optional.of(
        isLate(snapshot)
            ? ActionEnd.notObserved(
                snapshot, "%s The action's timeout is over.".formatted(rolling.message()))
            : new Wait(lookAgain(snapshot, rolling, deadline(snapshot))));
  }

  private static Decision remembered(RunSnapshot snapshot, Work.Rolling rolling) {
    var name = snapshot.action().name();
    var level = snapshot.levelStatus();
    var asks = snapshot.action().instruction().isPresent();
    var message =
        asks
            ? "Action %s: %s The Approval names level %s and hash %s."
                .formatted(name, Sentences.of(rolling.message()), level.name(), level.hash())
            : "Action %s has nothing to send. %s".formatted(name, rolling.message());
    return new Moves(snapshot)
        .action(
            asks ? Reasons.ACTION_ASKED : Reasons.EFFECT_APPLIED,
            message,
            UnaryOperator.identity(),
            UnaryOperator.identity());
  }

  static Work.ToDo todo(RunSnapshot snapshot) {
    return (Work.ToDo) snapshot.work();
  }

  static Instant deadline(RunSnapshot snapshot) {
    var began = new Moves(snapshot).actionStatus().timedFrom().orElseThrow();
    return began.plus(Durations.of(snapshot.action().timeout()));
  }

  static boolean isLate(RunSnapshot snapshot) {
    return !snapshot.now().isBefore(deadline(snapshot));
  }

  /** Its timeout has to be remembered from now on. */
  static Optional<Advance> heldUp(RunSnapshot snapshot, String why) {
    var moves = new Moves(snapshot);
    return moves.begun()
        ? Optional.empty()
        : Optional.of(
            moves.action(
                Reasons.API_REQUEST_FAILED,
                "Action %s could not begin, it is tried again: %s"
                    .formatted(snapshot.action().name(), why),
                UnaryOperator.identity(),
                UnaryOperator.identity()));
  }

  private static Instant lookAgain(RunSnapshot snapshot, Work.Rolling rolling, Instant deadline) {
    if (rolling.lookAgainIn() == null) {
      return deadline;
    }
    var again = snapshot.now().plus(rolling.lookAgainIn());
    return again.isBefore(deadline) ? again : deadline;
  }

  private static Decision act(RunSnapshot snapshot, Work.ToDo todo, Instant deadline) {
    var moves = new Moves(snapshot);
    var name = snapshot.action().name();
    var number = moves.actionStatus().next(Intent.Verb.Apply);
    var mark = Mark.first(snapshot.run().claim(), name, Intent.Verb.Apply, number);
    var planned = todo.intent(mark, snapshot.run().seq() + 1, snapshot.now());
    var intent = planned.notAfter().isBefore(deadline) ? planned : planned.withNotAfter(deadline);
    var next =
        moves.action(
            Reasons.EFFECT_INTENDED,
            "Action %s: %s".formatted(name, todo.message()),
            UnaryOperator.identity(),
            run -> Permission.use(snapshot, responded(snapshot, run)).intent(intent));
    return new Act(next.run(), name);
  }

  /** What only makes an action ready helps nobody yet. */
  private static RunStatusBuilder responded(RunSnapshot snapshot, RunStatusBuilder run) {
    return snapshot.run().respondedAt() == null && !Preparing.isUnderWay(snapshot)
        ? run.respondedAt(snapshot.now())
        : run;
  }
}
