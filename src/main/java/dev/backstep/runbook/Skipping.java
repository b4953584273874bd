package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run.Answer;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.EffectResult;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.runbook.Decision.Advance;
import java.util.List;

/** What a human leaves out, or takes as done where nobody knows. */
final class Skipping {
  private Skipping() {}

  static Advance of(RunSnapshot snapshot, Ask ask, Answer answer) {
    return switch (ask) {
      case UNDO_DOUBTED, UNDO_FAILED, UNDO_REJECTED ->
          undone(
              snapshot,
              UndoStatus.Outcome.Skipped,
              "Left changed, by decision of %s.".formatted(answer.by()),
              "It is left changed.");
      case UNDO_UNKNOWN -> takenAsPutBack(snapshot, answer);
      case RELEASE_UNKNOWN -> takenAsGivenBack(snapshot);
      default -> action(snapshot, ask, answer);
    };
  }

  private static Advance undone(
      RunSnapshot snapshot, UndoStatus.Outcome outcome, String why, String message) {
    var about = snapshot.run().question().about();
    var undone = Undoing.with(snapshot.run().undone(), new UndoStatus(about, outcome, why));
    return new Moves(snapshot)
        .enter(Phase.Undoing, Reasons.ANSWERED, message, run -> run.undone(undone));
  }

  /** What else the action did is still put back; where nothing says what is unknown, all is. */
  private static Advance takenAsPutBack(RunSnapshot snapshot, Answer answer) {
    var about = snapshot.run().question().about();
    var claim = snapshot.run().claim();
    var message = "It is taken as put back.";
    if (!unsettled(snapshot, claim, about)) {
      var rest =
          snapshot.holds().stream()
              .filter(hold -> !(hold.claim().equals(claim) && hold.action().equals(about)))
              .toList();
      return undone(
          snapshot.withHolds(rest),
          UndoStatus.Outcome.Undone,
          "Taken as put back, by decision of %s.".formatted(answer.by()),
          message);
    }
    return settled(snapshot, claim, about, Phase.Undoing, message);
  }

  private static Advance takenAsGivenBack(RunSnapshot snapshot) {
    var given = Holds.together(snapshot.holds());
    var message = "It is taken as given back.";
    if (given.isEmpty()) {
      return new Moves(snapshot).enter(Phase.Releasing, Reasons.ANSWERED, message);
    }
    var claim = given.get(0).claim();
    var action = given.get(0).action();
    if (!unsettled(snapshot, claim, action)) {
      var rest = snapshot.holds().stream().filter(hold -> !given.contains(hold)).toList();
      return new Moves(snapshot.withHolds(rest)).enter(Phase.Releasing, Reasons.ANSWERED, message);
    }
    return settled(snapshot, claim, action, Phase.Releasing, message);
  }

  private static boolean unsettled(RunSnapshot snapshot, String claim, String action) {
    return snapshot.status(claim, action).filter(ActionStatus::backUnsettled).isPresent();
  }

  private static Advance settled(
      RunSnapshot snapshot, String claim, String action, Phase phase, String message) {
    var moves = new Moves(snapshot);
    var taken =
        moves.takenBack(claim, action, status -> status.settledBack(EffectResult::happened));
    return moves.enter(
        phase,
        Reasons.ANSWERED,
        message,
        run -> run.levels(taken.levels()).earlier(taken.earlier()));
  }

  private static Advance action(RunSnapshot snapshot, Ask ask, Answer answer) {
    var moves = new Moves(snapshot);
    var done = ask == Ask.OUTCOME_UNKNOWN;
    if (done && new Moves(snapshot).actionStatus().isPreparing()) {
      return Preparing.takenAsDone(snapshot);
    }
    var outcome = done ? ActionStatus.Outcome.Succeeded : ActionStatus.Outcome.Skipped;
    var message =
        (done ? "Taken as done, by decision of %s." : "Left out, by decision of %s.")
            .formatted(answer.by());
    var levels = moves.withAction(action -> moves.ended(verdict(action, done), outcome, message));
    var acting =
        snapshot
            .run()
            .with()
            .phase(Phase.Acting)
            .phaseSince(snapshot.now())
            .question(null)
            .approval(Permission.interrupted(snapshot, false))
            .build();
    var skipped = snapshot.with().run(acting).holds(held(snapshot, done)).build();
    return ActionEnd.after(
        skipped, levels, "Action %s: %s".formatted(snapshot.action().name(), message));
  }

  /** What was taken as done is held, if it is a hold: so it is given back with the rest. */
  private static List<Hold> held(RunSnapshot snapshot, boolean done) {
    return done
        ? Holds.and(snapshot.holds(), new Moves(snapshot).actionStatus().perhapsHeld())
        : snapshot.holds();
  }

  /** What was taken as done is not done again, and is taken back with the rest. */
  private static ActionStatus verdict(ActionStatus action, boolean done) {
    return done ? action.settled(EffectResult::happened) : action;
  }
}
