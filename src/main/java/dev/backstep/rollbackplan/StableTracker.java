package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanStatus;
import dev.backstep.api.v1alpha1.RollbackPlanStatusBuilder;
import dev.backstep.api.v1alpha1.ladder.Stable;
import dev.backstep.api.v1alpha1.status.StableCandidate;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.cluster.Rollout;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.measure.Streak;
import dev.backstep.measure.Verdict;
import dev.backstep.stable.StableContent;
import dev.backstep.stable.StableRevisions;
import dev.backstep.time.Durations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remembers what was proven good: a state of the workloads during which all gates were healthy for
 * the soak. Not while a run is open and not while something is held off, since that is not the
 * state the team deployed.
 */
@ApplicationScoped
public class StableTracker {
  private final StableRevisions revisions;
  private final WorkloadLookup workloads;

  public StableTracker(StableRevisions revisions, WorkloadLookup workloads) {
    this.revisions = revisions;
    this.workloads = workloads;
  }

  /** The status after another look; the same one when nothing changed. */
  RollbackPlanStatus track(PlanView view) {
    var status = view.status();
    var stable = view.plan().getSpec().stable();
    if (stable == null || view.runOpen() || !status.holds().isEmpty()) {
      return without(status);
    }
    if (any(view, Verdict.UNHEALTHY) || any(view, Verdict.INCONCLUSIVE)) {
      return without(status);
    }
    if (any(view, Verdict.PENDING) || view.gates().isEmpty()) {
      return status;
    }
    return rolledOut(view, stable).map(now -> healthy(view, stable, now)).orElse(without(status));
  }

  /** When the candidate's soak is over; null without a candidate. */
  static Instant soakEnd(RollbackPlan plan) {
    var candidate = PlanView.statusOf(plan).stableCandidate();
    var stable = plan.getSpec().stable();
    return candidate == null || candidate.problem() != null || stable == null
        ? null
        : candidate.since().plus(Durations.of(stable.soak()));
  }

  private Optional<StableContent> rolledOut(PlanView view, Stable stable) {
    var namespace = view.plan().getMetadata().getNamespace();
    var done =
        stable.workloads().stream()
            .allMatch(
                ref ->
                    workloads
                        .find(namespace, ref)
                        .filter(w -> Rollout.of(w).state() == Rollout.State.DONE)
                        .isPresent());
    return done ? revisions.now(namespace, stable.workloads(), workloads) : Optional.empty();
  }

  private RollbackPlanStatus healthy(PlanView view, Stable stable, StableContent content) {
    var status = view.status();
    var name = StableRevisions.name(Claims.owner(view.plan()), content);
    if (!status.stable().isEmpty() && status.stable().get(0).name().equals(name)) {
      return without(status);
    }
    var candidate = status.stableCandidate();
    var goesOn =
        candidate != null && candidate.name().equals(name) && measuredSince(view, candidate);
    if (!goesOn) {
      return status.withStableCandidate(candidate(name, view, content));
    }
    var waits = candidate.problem() != null || view.now().isBefore(soakEnd(view.plan()));
    return waits ? status : proven(view, stable, content);
  }

  private static StableCandidate candidate(String name, PlanView view, StableContent content) {
    var problem =
        StableRevisions.tooLarge(content)
            ? "The pod templates and ConfigMaps are larger than 1 MB together. Name fewer workloads in spec.stable, or keep large files out of ConfigMaps."
            : null;
    return new StableCandidate(name, view.now(), problem);
  }

  /** A new process did not see the time before it started. */
  private static boolean measuredSince(PlanView view, StableCandidate candidate) {
    return view.plan().getSpec().gates().stream()
        .filter(gate -> view.gates().containsKey(gate.name()))
        .allMatch(
            gate -> {
              var slack = Durations.of(gate.interval()).multipliedBy(3);
              return !view.gates().get(gate.name()).since().isAfter(candidate.since().plus(slack));
            });
  }

  private RollbackPlanStatus proven(PlanView view, Stable stable, StableContent content) {
    var status = view.status();
    var kept = revisions.keep(Claims.owner(view.plan()), content, view.now());
    var older = status.stable().stream().filter(known -> !known.name().equals(kept.name()));
    var all = Stream.concat(Stream.of(kept), older).toList();
    all.stream().skip(stable.keep()).forEach(old -> drop(view, old));
    return RollbackPlanStatusBuilder.builder(status)
        .stable(all.stream().limit(stable.keep()).toList())
        .stableCandidate(null)
        .build();
  }

  private void drop(PlanView view, StableRevision revision) {
    revisions.drop(view.plan().getMetadata().getNamespace(), revision);
  }

  private static boolean any(PlanView view, Verdict verdict) {
    return view.gates().values().stream().map(Streak::verdict).anyMatch(verdict::equals);
  }

  private static RollbackPlanStatus without(RollbackPlanStatus status) {
    return status.stableCandidate() == null ? status : status.withStableCandidate(null);
  }
}
