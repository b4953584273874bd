package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.ladder.Run;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import dev.backstep.api.v1alpha1.status.Phase;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.effect.Work;
import dev.backstep.runbook.Decision.Act;
import dev.backstep.runbook.Decision.Wait;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts back what a run changed, the last action first: phase Undoing. */
final class Undoing {

  private static final String NOBODY_KNOWS =
      "nobody knows whether all of it was done. Look at its targets and put back what is changed, then answer Skip.";

  private Undoing() {}

  /** The action that is put back next; null: none is left. */
  static ActionStatus current(RunSnapshot snapshot) {
    var actions =
        snapshot
            .run()
            .actions()
            .filter(action -> !action.applied().isEmpty())
            .collect(Collectors.toCollection(ArrayList::new));
    actions.addAll(unrecorded(snapshot, actions));
    Collections.reverse(actions);
    var done = snapshot.run().undone().stream().map(UndoStatus::action).toList();
    return actions.stream()
        .filter(action -> !done.contains(action.name()))
        .findFirst()
        .orElse(null);
  }

  /** Where the record was lost, what is held still says which actions took it. */
  private static List<ActionStatus> unrecorded(RunSnapshot snapshot, List<ActionStatus> recorded) {
    var names = recorded.stream().map(ActionStatus::name).toList();
    return snapshot.holds().stream()
        .filter(hold -> hold.claim().equals(snapshot.run().claim()))
        .filter(hold -> !names.contains(hold.action()))
        .sorted(Comparator.comparing(Hold::since))
        .map(Hold::action)
        .distinct()
        .map(name -> ActionStatus.begun(name, snapshot.now()))
        .toList();
  }

  static Decision next(RunSnapshot snapshot) {
    var action = current(snapshot);
    if (action == null) {
      return ended(snapshot);
    }
    if (Engine.wishes(snapshot, Run.State.Aborted) && !snapshot.deleting()) {
      return stopped(snapshot, action.name());
    }
    var doubt = PuttingBack.foreign(snapshot, action.name());
    if (doubt.isPresent()) {
      return ask(snapshot, action.name(), Ask.UNDO_DOUBTED, doubt.get());
    }
    var back = snapshot.work() != null && snapshot.work().isSettled();
    if (back && action.unsettled()) {
      return ask(snapshot, action.name(), Ask.UNDO_FAILED, NOBODY_KNOWS);
    }
    if (snapshot.work() instanceof Work.Observed observed) {
      return undone(snapshot, action, UndoStatus.Outcome.Undone, observed.message());
    }
    if (snapshot.work() instanceof Work.Drifted drifted) {
      return undone(snapshot, action, UndoStatus.Outcome.Partly, drifted.message());
    }
    return UndoApproval.missing(snapshot, action.name())
        .orElseGet(() -> putBack(snapshot, action.name()));
  }

  private static Decision putBack(RunSnapshot snapshot, String action) {
    var effort =
        PuttingBack.effort(
            snapshot,
            Intent.Verb.Undo,
            action,
            PuttingBack.limit(snapshot, action),
            why -> ask(snapshot, action, asked(snapshot), why));
    return effort instanceof Act act ? UndoApproval.used(snapshot, act) : effort;
  }

  private static Ask asked(RunSnapshot snapshot) {
    return snapshot.work() instanceof Work.Unknown ? Ask.UNDO_UNKNOWN : Ask.UNDO_FAILED;
  }

  /** A human wants it to stop. */
  static Decision stopped(RunSnapshot snapshot, String action) {
    var why = "%s asked to stop.".formatted(snapshot.wish().stateBy());
    return ask(snapshot, action, Ask.UNDO_FAILED, why);
  }

  static Decision ask(RunSnapshot snapshot, String action, Ask ask, String why) {
    return new Moves(snapshot)
        .ask(ask, action, "Action %s is not put back: %s".formatted(action, why));
  }

  private static Decision.Advance undone(
      RunSnapshot snapshot, ActionStatus action, UndoStatus.Outcome outcome, String message) {
    var undone = with(snapshot.run().undone(), new UndoStatus(action.name(), outcome, message));
    var holds = snapshot.holds().stream().filter(hold -> !took(snapshot, action, hold)).toList();
    return new Moves(snapshot)
        .stay(
            Reasons.UNDONE,
            "Action %s: %s".formatted(action.name(), message),
            holds,
            run -> run.undone(undone));
  }

  private static boolean took(RunSnapshot snapshot, ActionStatus action, Hold hold) {
    return hold.claim().equals(snapshot.run().claim()) && hold.action().equals(action.name());
  }

  static List<UndoStatus> with(List<UndoStatus> undone, UndoStatus more) {
    return Stream.concat(undone.stream(), Stream.of(more)).toList();
  }

  private static Decision ended(RunSnapshot snapshot) {
    if (PuttingBack.comingBack(snapshot)) {
      return new Wait(PuttingBack.lookAgain(snapshot, PuttingBack.comingBackLimit(snapshot)));
    }
    var moves = new Moves(snapshot);
    var notPutBack =
        snapshot.run().undone().stream()
            .filter(undo -> undo.outcome() != UndoStatus.Outcome.Undone)
            .map(undo -> "%s: %s".formatted(undo.action(), undo.message()))
            .collect(Collectors.joining(" "));
    var held =
        (snapshot.holds().isEmpty() ? "" : " " + Holds.handedOn(snapshot.holds()))
            + PuttingBack.unfinished(snapshot);
    if (snapshot.run().mode() == Run.Mode.Drill) {
      return moves.enter(
          Phase.Completed,
          Reasons.DRILLED,
          notPutBack.isEmpty()
              ? "The drill put back everything it did."
              : "The drill ended; not put back: %s".formatted(notPutBack));
    }
    return moves.enter(
        Phase.Undone,
        notPutBack.isEmpty() ? Reasons.UNDONE : Reasons.PARTLY_UNDONE,
        (snapshot.run().undone().isEmpty()
                ? snapshot.run().foreign()
                    ? "Another version of Backstep carried the run out; its records of what it changed cannot be read, so that was not put back."
                    : "The run is not known to have changed anything."
                : notPutBack.isEmpty()
                    ? "Everything that can be put back is as it was before."
                    : "The rest is as it was before; not put back: %s".formatted(notPutBack))
            + held);
  }
}
