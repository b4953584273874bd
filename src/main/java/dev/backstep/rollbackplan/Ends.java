package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.status.RunStatus;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** How often the runs of a plan came to each end. */
final class Ends {
  private Ends() {}

  /**
   * The count with this step in it.
   *
   * @param before the status before the step
   * @param run the run after it
   */
  static Map<String, Integer> counted(RollbackPlanStatus before, RunStatus run) {
    if (run.phase().isOpen() || alreadyThere(before.run(), run)) {
      return before.ends();
    }
    var ends = new TreeMap<>(before.ends());
    ends.merge(run.phase().name(), 1, Integer::sum);
    return ends;
  }

  /** A run that ended may have further steps, such as an answer that came too late. */
  private static boolean alreadyThere(RunStatus before, RunStatus run) {
    return before != null
        && before.phase() == run.phase()
        && before.id().equals(run.id())
        && Objects.equals(before.uid(), run.uid());
  }
}
