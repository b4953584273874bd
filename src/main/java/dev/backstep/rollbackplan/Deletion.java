package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.Reasons;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.value.WorkloadRef;
import dev.backstep.cluster.LedgerEntry;
import dev.backstep.cluster.OrphanedHolds;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.Workload;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.resource.Departures;
import dev.backstep.resource.Rest;
import dev.backstep.rollbackplan.claim.PlanPruning;
import dev.backstep.rollbackplan.view.PlanView;
import dev.backstep.runbook.Holds;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says when a plan that is being deleted may go: when its run has ended, nothing is held any more,
 * the journal has every step, and what is needed no more is taken away; and in any case after a
 * minute, because a finalizer that stays keeps a whole namespace from going. What was left is said
 * in an event and in the log.
 */
@ApplicationScoped
public class Deletion {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PACE = Duration.ofSeconds(1);

  private final StatusWriter writer;
  private final PlanPruning pruning;
  private final WorkloadLookup workloads;
  private final Departures departures;

  public Deletion(
      StatusWriter writer, PlanPruning pruning, WorkloadLookup workloads, Departures departures) {
    this.writer = writer;
    this.workloads = workloads;
    this.pruning = pruning;
    this.departures = departures;
  }

  /** True when the plan was waited for long enough. */
  boolean overdue(RollbackPlan plan) {
    return departures.overdue(plan, LIMIT);
  }

  /** True when the finalizer may go; what is left by then is said. */
  boolean settled(Rest<RollbackPlan> rest) {
    var plan = rest.object();
    var expired = overdue(plan);
    // Nothing can be started in a namespace that goes, so there is nothing to give back either.
    var released = !busy(plan) || rest.namespaceGoes() || expired;
    var journaled = writer.journaled(plan) || expired;
    if (!released || !journaled) {
      return false;
    }
    var over = rest.namespaceGoes() || pruning.outlived(plan) || expired;
    if (over) {
      warnOfWhatIsLeft(rest);
    }
    return over;
  }

  /** When to look again: no event says that the journal has everything. */
  Duration pause(Rest<RollbackPlan> rest) {
    return rest.pause().compareTo(PACE) < 0 ? rest.pause() : PACE;
  }

  private static boolean busy(RollbackPlan plan) {
    return PlanView.runOpen(plan) || !PlanView.statusOf(plan).holds().isEmpty();
  }

  private void warnOfWhatIsLeft(Rest<RollbackPlan> rest) {
    var plan = rest.object();
    if (busy(plan)) {
      departures.warn(plan, "deleted", Reasons.RELEASE_FAILED, leftBehind(rest));
    }
    if (!writer.journaled(plan)) {
      departures.warn(
          plan,
          "journal",
          Reasons.JOURNAL_UNAVAILABLE,
          "The plan was deleted before the journal had every step of its run; the missing ones are lost. Its Events have them for an hour.");
    }
  }

  private String leftBehind(Rest<RollbackPlan> rest) {
    var status = PlanView.statusOf(rest.object());
    var holds = status.holds();
    if (rest.namespaceGoes()) {
      return "The plan was deleted with its namespace. What it held goes with it and was not given back: %s."
          .formatted(holds.isEmpty() ? "nothing" : Holds.named(holds));
    }
    if (holds.isEmpty()) {
      return "The plan was deleted, and its run %s could not be brought to an end within a minute (%s). What it changed stays changed."
          .formatted(status.run().id(), status.run().phase());
    }
    return "The plan was deleted while it held something that could not be given back: %s. %s"
        .formatted(Holds.named(holds), orphaned(rest.object(), holds));
  }

  /** From now on nobody gives it back: the same words as every other plan has for it. */
  private String orphaned(RollbackPlan plan, List<Hold> holds) {
    return holds.stream()
        .flatMap(hold -> WorkloadRef.of(hold.kind(), hold.name()).stream())
        .distinct()
        .flatMap(ref -> workloads.find(plan.getMetadata().getNamespace(), ref).stream())
        .map(workload -> OrphanedHolds.say(workload, entries(workload, holds)))
        .collect(Collectors.joining(" "));
  }

  private static List<LedgerEntry> entries(Workload workload, List<Hold> holds) {
    return TargetLedger.of(workload).entries().stream()
        .filter(entry -> holds.stream().anyMatch(entry::isOf))
        .toList();
  }
}
