package dev.backstep.synccontrol.claim;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.effect.OpenClaims;
import dev.backstep.synccontrol.watch.SyncCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** The claims of SyncControls whose episode goes on. */
@ApplicationScoped
public class SyncOpenClaims implements OpenClaims {
  private final SyncCache cache;

  public SyncOpenClaims(SyncCache cache) {
    this.cache = cache;
  }

  @Override
  public Optional<Whose> whose(String namespace, String claim, String asking) {
    return claim.equals(asking)
        ? Optional.empty()
        : cache.byClaim(namespace, claim).map(SyncOpenClaims::whose);
  }

  private static Whose whose(SyncControl sync) {
    var open =
        "SyncControl %s, which keeps it off (%s)"
            .formatted(sync.getMetadata().getName(), sync.getStatus().state());
    return new Whose(Optional.of(open), List.of());
  }
}
