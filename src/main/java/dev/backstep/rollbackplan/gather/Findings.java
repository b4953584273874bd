package dev.backstep.rollbackplan.gather;

import dev.backstep.effect.Step;
import dev.backstep.effect.Work;
import dev.backstep.problem.Problem;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a look found out about the state that a run is in.
 *
 * @param step what is left to do; empty: nothing is due
 * @param problems what keeps levels from acting, by level; one that is not in it was not checked
 * @param pins what the actions of levels mean now, by level and action; a level is not in it where
 *     nobody has to know, or nobody does
 * @param otherBackups of actions that destroy something: the backups before them in their level
 *     that are of another database
 * @param unprepared name of the action that has to be made ready before people are asked; empty:
 *     none has to
 */
@RecordBuilder
record Findings(
    Optional<Step> step,
    Map<String, List<Problem>> problems,
    Map<String, Map<String, List<String>>> pins,
    Map<String, Set<String>> otherBackups,
    Optional<String> unprepared)
    implements FindingsBuilder.With {
  /** Nothing was looked at, or it is not known yet. */
  static final Findings NONE = of(Optional.empty(), Map.of());

  /** Only what is left to do. */
  static Findings of(Step step) {
    return of(Optional.of(step), Map.of());
  }

  /** What is left to do, and what keeps levels from acting. */
  static Findings of(Optional<Step> step, Map<String, List<Problem>> problems) {
    return new Findings(step, problems, Map.of(), Map.of(), Optional.empty());
  }

  /** What is left to do, as the engine sees it; null: nothing is due. */
  Work work() {
    return step.map(Step::work).orElse(null);
  }
}
