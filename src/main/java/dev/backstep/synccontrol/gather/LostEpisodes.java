package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.memory.PerObjectState;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the episode that a status does not know any more. The API server is asked when a status
 * says nothing at all, and else once for each SyncControl that was never switched off.
 */
@ApplicationScoped
public class LostEpisodes implements PerObjectState {
  private final EpisodeClaims claims;
  private final Set<String> never = ConcurrentHashMap.newKeySet();

  public LostEpisodes(EpisodeClaims claims) {
    this.claims = claims;
  }

  /** Its number; 0: none was lost. */
  int of(SyncControl sync, SyncControlStatus status) {
    var uid = sync.getMetadata().getUid();
    if (status.seq() > 0 || status.observedGeneration() != null && never.contains(uid)) {
      return 0;
    }
    var last = claims.last(sync);
    if (last == 0) {
      never.add(uid);
    }
    return last;
  }

  @Override
  public void forget(String uid) {
    never.remove(uid);
  }
}
