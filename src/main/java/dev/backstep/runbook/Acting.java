package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Action;
import dev.backstep.api.v1alpha1.ActionStatus;
import dev.backstep.api.v1alpha1.ActionStatus.Outcome;
import dev.backstep.api.v1alpha1.Intent;
import dev.backstep.api.v1alpha1.Level;
import dev.backstep.api.v1alpha1.LevelStatus;
import dev.backstep.api.v1alpha1.Phase;
import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** A level's actions, one after the other: phase Acting. */
final class Acting {
  /** An action that has to change its targets more often than this is being fought. */
  private static final int EFFECT_LIMIT = 12;

  /** An effect that could not be sent within this time is not sent any more. */
  private static final Duration SEND_LIMIT = Duration.ofMinutes(2);

  private Acting() {}

  static Decision next(RunSnapshot snapshot) {
    var problems = snapshot.problems().getOrDefault(snapshot.levelStatus().name(), List.of());
    if (snapshot.run().action() == null && !problems.isEmpty()) {
      return new Steps(snapshot)
          .ask(Ask.PREFLIGHT, Beginning.problem(snapshot.levelStatus().name(), problems));
    }
    var action = new Steps(snapshot).actionStatus();
    if (action.outcome() == Outcome.Failed) {
      return failed(snapshot, action.message());
    }
    if (snapshot.work() == null) {
      return new Wait(null);
    }
    return carryOut(snapshot);
  }

  private static Decision carryOut(RunSnapshot snapshot) {
    var steps = new Steps(snapshot);
    var deadline = steps.actionStatus().startedAt().plus(Durations.of(snapshot.action().timeout()));
    var late = !snapshot.now().isBefore(deadline);
    var work = snapshot.work();
    if (work instanceof Work.Impossible impossible) {
      return fail(snapshot, impossible.message());
    }
    if (work instanceof Work.Observed observed) {
      return succeeded(snapshot, observed.message());
    }
    if (work instanceof Work.Stuck stuck) {
      return notObserved(snapshot, stuck.message());
    }
    if (work instanceof Work.Rolling rolling && !steps.begun()) {
      // Its timeout has to be remembered from now on.
      return steps.action(
          Reasons.EFFECT_APPLIED,
          "Action " + snapshot.action().name() + " has nothing to send. " + rolling.message(),
          UnaryOperator.identity(),
          UnaryOperator.identity());
    }
    if (work instanceof Work.Rolling rolling) {
      return late
          ? notObserved(snapshot, rolling.message() + " The action's timeout is over.")
          : new Wait(lookAgain(snapshot, rolling, deadline));
    }
    if (late) {
      return fail(
          snapshot,
          "It was not done within its timeout of "
              + snapshot.action().timeout()
              + ". Left to do: "
              + ((Work.ToDo) work).message());
    }
    if (sinceRetry(steps.actionStatus()) >= EFFECT_LIMIT) {
      return fail(
          snapshot,
          "The targets do not stay as this action wants them: somebody else changes them back."
              + " Find out who (metadata.managedFields), then answer Retry.");
    }
    return act(snapshot, (Work.ToDo) work, deadline);
  }

  /** A human who answers Retry gives the action as many effects again. */
  private static int sinceRetry(ActionStatus action) {
    return action.effects() - action.effectsBefore();
  }

  private static Instant lookAgain(RunSnapshot snapshot, Work.Rolling rolling, Instant deadline) {
    if (rolling.again() == null) {
      return deadline;
    }
    var again = snapshot.now().plus(rolling.again());
    return again.isBefore(deadline) ? again : deadline;
  }

  private static Decision act(RunSnapshot snapshot, Work.ToDo todo, Instant deadline) {
    var steps = new Steps(snapshot);
    var effect = steps.actionStatus().effects() + 1;
    var latest = snapshot.now().plus(SEND_LIMIT);
    var name = snapshot.action().name();
    var intent =
        new Intent(
            Intent.Verb.Apply,
            snapshot.run().seq() + 1,
            name,
            effect,
            mark(snapshot, name, effect),
            List.of(),
            todo.targets(),
            latest.isBefore(deadline) ? latest : deadline);
    var next =
        steps.action(
            Reasons.EFFECT_INTENDED,
            "Action " + name + ": " + todo.message(),
            action -> action.withEffects(effect),
            run -> run.intent(intent));
    return new Act(next.run(), name);
  }

  /** Says on a target which run, action and effect changed it last. */
  static String mark(RunSnapshot snapshot, String action, int effect) {
    return snapshot.run().claim() + "/" + action + "/" + effect;
  }

  private static Decision succeeded(RunSnapshot snapshot, String message) {
    var steps = new Steps(snapshot);
    var levels = steps.withAction(action -> steps.ended(action, Outcome.Succeeded, message));
    Action done = snapshot.action();
    Level level = snapshot.level();
    var next = snapshot.actionIndex() + 1;
    if (next < level.actions().size()) {
      return steps.stay(
          Reasons.ACTION_SUCCEEDED,
          "Action " + done.name() + ": " + message,
          snapshot.holds(),
          run -> run.levels(levels).action(next));
    }
    return steps.enter(
        Phase.Verifying,
        Reasons.LEVEL_ACTED,
        "Action "
            + done.name()
            + ": "
            + message
            + " Level "
            + level.name()
            + " has acted; the gates have to become healthy.",
        run -> run.levels(levels).action(snapshot.actionIndex()).measuringSince(snapshot.now()));
  }

  private static Decision fail(RunSnapshot snapshot, String message) {
    var steps = new Steps(snapshot);
    return steps.action(
        Reasons.ACTION_FAILED,
        "Action " + snapshot.action().name() + ": " + message,
        action -> steps.ended(action, Outcome.Failed, message),
        UnaryOperator.identity());
  }

  private static Decision failed(RunSnapshot snapshot, String message) {
    var steps = new Steps(snapshot);
    var why = "Action " + snapshot.action().name() + " failed: " + message;
    if (snapshot.level().onActionFailure() == Level.Next.NextLevel) {
      return steps.nextLevel(LevelStatus.Outcome.ActionFailed, why);
    }
    return steps.ask(Ask.ACTION_FAILED, why);
  }

  private static Decision notObserved(RunSnapshot snapshot, String message) {
    var steps = new Steps(snapshot);
    var levels = steps.withAction(action -> steps.ended(action, Outcome.NotObserved, message));
    var left = new Steps(snapshot.withRun(snapshot.run().withLevels(levels)));
    var why =
        "Action " + snapshot.action().name() + " was done but did not take effect: " + message;
    return Looking.unhealthy(snapshot, left, Ask.EFFECT_NOT_OBSERVED, why);
  }
}
