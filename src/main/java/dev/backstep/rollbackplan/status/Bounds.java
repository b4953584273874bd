package dev.backstep.rollbackplan.status;

import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.LevelStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import dev.backstep.api.v1alpha1.status.UndoStatus;
import dev.backstep.text.Sentences;

/**
 * Keeps what a run says about each of its actions short. A status that is too large to be stored
 * could never be written again, and its run would be stuck.
 */
final class Bounds {
  private Bounds() {}

  static RunStatus bounded(RunStatus run) {
    return run.with()
        .levels(run.levels().stream().map(Bounds::bounded).toList())
        .undone(run.undone().stream().map(Bounds::bounded).toList())
        .build();
  }

  private static LevelStatus bounded(LevelStatus level) {
    return level.withActions(level.actions().stream().map(Bounds::bounded).toList());
  }

  private static ActionStatus bounded(ActionStatus action) {
    return action.message() == null
        ? action
        : action.withMessage(Sentences.bounded(action.message()));
  }

  private static UndoStatus bounded(UndoStatus undo) {
    return undo.message() == null
        ? undo
        : new UndoStatus(undo.action(), undo.outcome(), Sentences.bounded(undo.message()));
  }
}
