package dev.backstep.synccontrol.gather;

import dev.backstep.action.Actions;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.sync.Means;
import dev.backstep.cluster.TargetLedger;
import dev.backstep.cluster.WorkloadLookup;
import dev.backstep.memory.PerObjectState;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Finds the episode that a status does not know any more. The API server is asked when a status
 * says nothing at all, and else once for each SyncControl that was never switched off.
 */
@ApplicationScoped
public class LostEpisodes implements PerObjectState {
  private final EpisodeClaims claims;
  private final Actions executors;
  private final WorkloadLookup workloads;
  private final Set<String> never = ConcurrentHashMap.newKeySet();

  public LostEpisodes(EpisodeClaims claims, Actions executors, WorkloadLookup workloads) {
    this.claims = claims;
    this.executors = executors;
    this.workloads = workloads;
  }

  /** Number of the episode; empty: none was lost. */
  Optional<Integer> of(SyncControl sync, SyncControlStatus status) {
    var uid = sync.getMetadata().getUid();
    if (status.seq() > 0 || status.observedGeneration() != null && never.contains(uid)) {
      return Optional.empty();
    }
    var last = claims.last(sync);
    if (last == 0) {
      never.add(uid);
      return Optional.empty();
    }
    return Optional.of(last);
  }

  /** What the targets of its means say that it holds. */
  List<Hold> holds(String namespace, String claim, SyncControlSpec pinned) {
    return pinned.means().stream().flatMap(means -> holds(namespace, claim, means)).toList();
  }

  private Stream<Hold> holds(String namespace, String claim, Means means) {
    return executors.targets(means).stream()
        .flatMap(ref -> workloads.find(namespace, ref).stream())
        .flatMap(
            workload ->
                TargetLedger.of(workload).find(claim, means.name()).stream()
                    .map(entry -> TargetLedger.hold(workload, entry, executors.type(means))));
  }

  @Override
  public void forget(String uid) {
    never.remove(uid);
  }
}
