package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.action.Action;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.EffectStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.runbook.Decision.Advance;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a human wants to be done once more, and what of it is not. */
final class DoneAgain {
  private DoneAgain() {}

  /** The action that the run is at. */
  static Advance action(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    return moves.enter(
        Phase.Acting,
        Reasons.ANSWERED,
        message,
        run ->
            run.action(snapshot.actionIndex())
                .intent(undecided(snapshot))
                .approval(Permission.interrupted(snapshot, done(moves.actionStatus())))
                .levels(moves.withAction(action -> afresh(action, snapshot))));
  }

  /** What the action sent that is closed before the run goes on; null: all is known, or said. */
  static Intent undecided(RunSnapshot snapshot) {
    return undecided(snapshot, Stream.of(new Moves(snapshot).actionStatus()), DoneAgain::applied);
  }

  /** What is closed before anything is sent; null: everything is known, or said. */
  private static Intent undecided(
      RunSnapshot snapshot, Stream<ActionStatus> actions, Predicate<EffectStatus> which) {
    return actions
        .flatMap(action -> Undecided.intents(snapshot.run(), action, which))
        .findFirst()
        .orElse(null);
  }

  /** What was refused everywhere may be tried again under the same approval. */
  private static boolean done(ActionStatus action) {
    return action.changed() > 0 || action.outcome() == ActionStatus.Outcome.Unknown;
  }

  private static ActionStatus afresh(ActionStatus action, RunSnapshot snapshot) {
    return action
        .settled(EffectResult::notHappenedUnlessOpen)
        .with()
        .outcome(null)
        .attempt(action.attempt() + 1)
        .provingSince(null)
        .startedAt(snapshot.now())
        .attemptAt(snapshot.now())
        .endedAt(null)
        .build();
  }

  /**
   * What was overwritten is done again, and no other action of the level. What the world does not
   * show cannot have been overwritten, and is not done twice.
   */
  static Advance level(RunSnapshot snapshot, String message) {
    var moves = new Moves(snapshot);
    var actions =
        snapshot.levelStatus().actions().stream()
            .map(action -> overwritten(snapshot, action) ? afresh(action, snapshot) : action)
            .toList();
    return moves.enter(
        Phase.Acting,
        Reasons.ANSWERED,
        message,
        run ->
            run.action(0)
                .once(List.of())
                .asking(null)
                .approval(Permission.interrupted(snapshot, true))
                .putBackFailed(null)
                .levels(moves.withLevel(level -> again(level, actions))));
  }

  /** A question that does not say which actions it is about was asked by an older version. */
  private static boolean overwritten(RunSnapshot snapshot, ActionStatus action) {
    var about = snapshot.run().question().about();
    return action.outcome() == ActionStatus.Outcome.Succeeded
        && !snapshot.traits().unseen().contains(action.name())
        && (about == null || List.of(about.split(", ")).contains(action.name()));
  }

  /** What was given back is held again, and nothing else is done again. */
  static Advance held(RunSnapshot snapshot) {
    var moves = new Moves(snapshot);
    var index = lastHolding(snapshot);
    if (index < 0) {
      return moves.measure(
          Phase.Releasing,
          Reasons.ANSWERED,
          "This run held nothing that it can hold again; the gates are measured again.");
    }
    var level = snapshot.run().levels().get(index);
    var actions =
        level.actions().stream()
            .map(action -> holds(snapshot, action) ? afresh(action, snapshot) : action)
            .toList();
    var levels = new ArrayList<>(snapshot.run().levels());
    levels.set(index, again(level, actions));
    return moves.enter(
        Phase.Acting,
        Reasons.ANSWERED,
        "What level %s held is held again. To give it back later set spec.run.state to Running, and then to Released."
            .formatted(level.name()),
        run ->
            run.level(index)
                .action(0)
                .once(List.of())
                .asking(null)
                .approval(null)
                .agreed(List.of())
                .givenBackAt(null)
                .heldAgain(true)
                .levels(List.copyOf(levels)));
  }

  /** The last level that acted to its end and held something until the release; -1: none. */
  private static int lastHolding(RunSnapshot snapshot) {
    var levels = snapshot.run().levels();
    for (var index = levels.size() - 1; index >= 0; index--) {
      var actions = levels.get(index).actions();
      var all = snapshot.levelNamed(levels.get(index).name()).actions().size();
      if (actions.size() == all
          && actions.stream().allMatch(DoneAgain::passed)
          && actions.stream().anyMatch(action -> holds(snapshot, action))) {
        return index;
      }
    }
    return -1;
  }

  private static boolean passed(ActionStatus action) {
    return action.outcome() == ActionStatus.Outcome.Succeeded
        || action.outcome() == ActionStatus.Outcome.Skipped;
  }

  private static boolean holds(RunSnapshot snapshot, ActionStatus action) {
    return action.outcome() == ActionStatus.Outcome.Succeeded
        && snapshot.traits().holds().contains(action.name())
        && !action.applied().isEmpty()
        && snapshot
            .plan()
            .allActions()
            .filter(defined -> defined.name().equals(action.name()))
            .noneMatch(defined -> defined.holdUntil() == Action.HoldUntil.LevelActed);
  }

  private static LevelStatus again(LevelStatus level, List<ActionStatus> actions) {
    return level.with().actions(actions).outcome(null).endedAt(null).build();
  }

  private static boolean applied(EffectStatus effect) {
    return effect.verb() == Intent.Verb.Apply;
  }

  /**
   * What was tried in a release or an undo, of the action that was asked about: what nobody could
   * find out is said not to be done. The marks of what an earlier run tried are that run's own, so
   * that is not closed, but believed.
   */
  static Advance takenBack(RunSnapshot snapshot, Phase phase, String message) {
    var moves = new Moves(snapshot);
    var own = snapshot.run().claim();
    var claim = phase == Phase.Undoing ? own : Intents.owner(snapshot, Intent.Verb.Release);
    var action = phase == Phase.Undoing ? snapshot.run().question().about() : released(snapshot);
    var taken =
        moves.takenBack(
            claim,
            action,
            it ->
                backAgain(
                    it,
                    claim.equals(own)
                        ? EffectResult::notHappenedUnlessOpen
                        : EffectResult::notHappened));
    var tried =
        snapshot.run().actions().filter(it -> claim.equals(own) && it.name().equals(action));
    return moves.enter(
        phase,
        Reasons.ANSWERED,
        message,
        run ->
            run.levels(taken.levels())
                .intent(undecided(snapshot, tried, it -> !applied(it)))
                .approval(UndoApproval.interrupted(snapshot))
                .earlier(taken.earlier()));
  }

  /** The action whose holds are given back now; null: nothing is held. */
  private static String released(RunSnapshot snapshot) {
    return Holds.together(snapshot.holds()).stream().map(Hold::action).findFirst().orElse(null);
  }

  private static ActionStatus backAgain(ActionStatus action, UnaryOperator<EffectResult> verdict) {
    var never = action.sent().stream().allMatch(DoneAgain::applied);
    return never ? action : action.settledBack(verdict).withAttempt(action.attempt() + 1);
  }
}
