package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.Annotations;
import dev.backstep.cluster.HolderLookup;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.runbook.ItemAnswers;
import dev.backstep.stable.Baseline;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;

/**
 * What an action may know of the run it belongs to.
 *
 * @param namespace the plan's namespace: an action reaches nothing outside
 * @param plan name of the plan
 * @param now the time of the pass that asks
 * @param run id of the run; null before one
 * @param claim claim of the run; null before one
 * @param action name of the action
 * @param type what kind of action it is, such as rollBack
 * @param since when this run entered the level: pods restarted after it are new
 * @param troubleSince when the trouble began; null: unknown
 * @param holds what is recorded as held
 * @param stable what was proven good, newest first
 * @param baseline what ran when the run started; null before one
 * @param workloads the cluster's workloads
 * @param holders whether those who hold a workload still exist
 * @param answers what humans answered to the items of the run
 */
public record ActionScope(
    String namespace,
    String plan,
    Instant now,
    String run,
    String claim,
    String action,
    String type,
    Instant since,
    Instant troubleSince,
    List<Hold> holds,
    List<StableRevision> stable,
    Baseline baseline,
    WorkloadLookup workloads,
    HolderLookup holders,
    ItemAnswers answers) {

  /** True when this action was the last to change the object. */
  public boolean marked(HasMetadata object) {
    var mark = Annotations.of(object).get(Annotations.MARK);
    return mark != null && mark.startsWith(claim + "/" + action + "/");
  }
}
