package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.status.EndedRun;
import dev.backstep.api.v1alpha1.status.RunStatus;

/** What is kept of a run when the next one begins. */
final class History {
  private History() {}

  static EndedRun of(RunStatus run) {
    var level = run.level() == null ? null : run.levels().get(run.level()).name();
    return new EndedRun(run.id(), run.phase(), run.reason(), level, run.startedAt(), run.endedAt());
  }
}
