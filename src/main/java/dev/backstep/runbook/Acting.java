package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Level;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.RunStatusBuilder;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Advance;
import dev.backstep.runbook.Decision.Wait;
import dev.backstep.text.Sentences;
import dev.backstep.time.Durations;
import java.time.Instant;
import java.util.List;
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
    var action = new Moves(snapshot).actionStatus();
    if (action.outcome() != null) {
      return ended(snapshot, action);
    }
    if (action.provingSince() != null) {
      return prove(snapshot, action);
    }
    if (snapshot.work() == null) {
      return new Wait(null);
    }
    return carryOut(snapshot);
  }

  /** The action has ended; what follows was not written yet. */
  private static Decision ended(RunSnapshot snapshot, ActionStatus action) {
    var moves = new Moves(snapshot);
    var why = "Action " + action.name() + ": " + action.message();
    return switch (action.outcome()) {
      case Failed, NotObserved -> failed(snapshot, action.message());
      case Contested -> moves.ask(Ask.CONTESTED, action.name(), why);
      case Unknown -> moves.ask(Ask.OUTCOME_UNKNOWN, action.name(), why);
      case Succeeded, Skipped, Previewed -> after(snapshot, snapshot.run().levels(), why);
    };
  }

  /** After an action its own gates have to become healthy. */
  private static Decision prove(RunSnapshot snapshot, ActionStatus action) {
    var gates = snapshot.named(snapshot.action().verify());
    var measured = Gates.within(snapshot, gates, action.provingSince());
    return switch (measured.verdict()) {
      case HEALTHY -> succeeded(snapshot, measured.message());
      case PENDING -> new Wait(Gates.nextDeadline(snapshot, gates, action.provingSince()));
      case UNHEALTHY, INCONCLUSIVE ->
          fail(snapshot, "It was done, but its own gates say no. " + measured.message());
    };
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
      return Optional.of(fail(snapshot, impossible.message()));
    }
    if (work instanceof Work.Unknown unknown) {
      return Optional.of(
          end(snapshot, Outcome.Unknown, Reasons.OUTCOME_UNKNOWN, unknown.message()));
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
      return Optional.of(observed(snapshot, observed.message()));
    }
    return work instanceof Work.Stuck stuck
        ? Optional.of(notObserved(snapshot, stuck.message()))
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
            ? notObserved(snapshot, rolling.message() + " The action's timeout is over.")
            : new Wait(lookAgain(snapshot, rolling, deadline(snapshot))));
  }

  private static Decision remembered(RunSnapshot snapshot, Work.Rolling rolling) {
    var name = snapshot.action().name();
    var level = snapshot.levelStatus();
    var asks = snapshot.action().instruction() != null;
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
    var action = new Moves(snapshot).actionStatus();
    var began =
        NotBefore.landed(action).filter(action.startedAt()::isBefore).orElse(action.startedAt());
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
    var number = number(moves.actionStatus());
    var planned = Intents.next(snapshot, Intent.Verb.Apply, name, number, todo);
    var intent = planned.notAfter().isBefore(deadline) ? planned : planned.withNotAfter(deadline);
    var next =
        moves.action(
            Reasons.EFFECT_INTENDED,
            "Action " + name + ": " + todo.message(),
            UnaryOperator.identity(),
            run -> Permission.use(snapshot, responded(snapshot, run)).intent(intent));
    return new Act(next.run(), name);
  }

  private static int number(ActionStatus action) {
    return action.applied().stream().mapToInt(EffectStatus::number).max().orElse(0) + 1;
  }

  static RunStatusBuilder responded(RunSnapshot snapshot, RunStatusBuilder run) {
    return snapshot.run().respondedAt() == null ? run.respondedAt(snapshot.now()) : run;
  }

  /** The effect is there; the action's own gates may still have to say so. */
  private static Decision observed(RunSnapshot snapshot, String message) {
    if (snapshot.action().verify() == null || snapshot.run().mode() == Run.Mode.Drill) {
      return succeeded(snapshot, message);
    }
    return new Moves(snapshot)
        .action(
            Reasons.PROVING,
            "Action " + snapshot.action().name() + ": " + message + " Its own gates are measured.",
            action -> action.withProvingSince(snapshot.now()),
            run -> run.measuringSince(snapshot.now()));
  }

  private static Decision succeeded(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var levels = moves.withAction(action -> moves.ended(action, Outcome.Succeeded, message));
    return after(snapshot, levels, "Action " + snapshot.action().name() + ": " + message);
  }

  /** What follows an action that has ended well, or was left out. */
  static Advance after(RunSnapshot snapshot, List<LevelStatus> levels, String message) {
    var moves = new Moves(snapshot);
    Level level = snapshot.level();
    var next = snapshot.actionIndex() + 1;
    if (next < level.actions().size()) {
      return moves.stay(Reasons.ACTION_SUCCEEDED, message, run -> run.levels(levels).action(next));
    }
    if (!snapshot.putBackNow().isEmpty()) {
      return moves.stay(
          Reasons.ACTION_SUCCEEDED,
          message + " What was held only for this level is put back.",
          run -> run.levels(levels).action(next));
    }
    return acted(snapshot.withRun(snapshot.run().withLevels(levels)), message);
  }

  /** The level has acted: its gates are next; in a drill the next level. */
  static Advance acted(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    if (snapshot.run().mode() == Run.Mode.Drill) {
      return moves.nextLevel(LevelStatus.Outcome.Previewed, message, true);
    }
    return moves.enter(
        Phase.Verifying,
        Reasons.LEVEL_ACTED,
        "%s Level %s has acted; the gates have to become healthy."
            .formatted(message, snapshot.level().name()),
        run -> run.measuringSince(snapshot.now()));
  }

  static Decision fail(RunSnapshot snapshot, String message) {
    return end(snapshot, Outcome.Failed, Reasons.ACTION_FAILED, message);
  }

  static Decision end(RunSnapshot snapshot, Outcome outcome, String reason, String message) {
    var moves = new Moves(snapshot);
    return moves.action(
        reason,
        "Action " + snapshot.action().name() + ": " + message,
        action -> moves.ended(action, outcome, message),
        UnaryOperator.identity());
  }

  private static Decision failed(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var why = "Action " + snapshot.action().name() + " failed: " + message;
    if (snapshot.level().onActionFailure() == Level.Next.NextLevel) {
      return moves.nextLevel(LevelStatus.Outcome.ActionFailed, why);
    }
    return moves.ask(Ask.ACTION_FAILED, snapshot.action().name(), why + stillStopped(snapshot));
  }

  /** What was to be put back after the level's last action stays stopped. */
  private static String stillStopped(RunSnapshot snapshot) {
    var stopped = snapshot.putBackNow();
    return stopped.isEmpty() ? "" : " " + Holds.stillOff(stopped);
  }

  private static Decision notObserved(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var levels = moves.withAction(action -> moves.ended(action, Outcome.NotObserved, message));
    var next = new Moves(snapshot.withRun(snapshot.run().withLevels(levels)));
    var why =
        "Action " + snapshot.action().name() + " was done but did not take effect: " + message;
    return Looking.unhealthy(snapshot, next, Ask.EFFECT_NOT_OBSERVED, why);
  }
}
