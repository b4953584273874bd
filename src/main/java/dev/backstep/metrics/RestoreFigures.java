package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.restore.RestoreRun;
import dev.backstep.api.v1alpha1.status.Hold;

/** What a DbRestore's status says in figures. */
final class RestoreFigures {
  private RestoreFigures() {}

  static void say(Figures all, DbRestore restore) {
    var status = restore.getStatus();
    if (status == null || status.phase() == null) {
      return;
    }
    var figures = all.of(restore);
    figures.say(Figure.PHASE, 1, status.phase().name());
    ConditionFigures.say(figures, status.conditions());
    figures.time(Figure.RESTORE_DATA, status.dataFrom());
    if (status.run() != null) {
      run(figures, status.run());
    }
  }

  private static void run(Figures.Of figures, RestoreRun run) {
    figures.time(Figure.PHASE_SINCE, run.phaseSince());
    HoldFigures.say(figures, run.holds().stream().map(Hold::since).toList());
  }
}
