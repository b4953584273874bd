package dev.backstep.synccontrol.claim;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.claim.Pruning;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Drops the records of episodes that nobody needs. */
@Singleton
public class EpisodePruning extends Pruning<SyncControlSpec, SyncControl> {
  private final EpisodeClaims claims;

  @Inject
  public EpisodePruning(EpisodeClaims claims, Images images, Effectors effectors, Events events) {
    this(claims, images, effectors, events, Executors.newScheduledThreadPool(AT_ONCE));
  }

  /** With threads of the caller's choice. */
  public EpisodePruning(
      EpisodeClaims claims,
      Images images,
      Effectors effectors,
      Events events,
      ScheduledExecutorService threads) {
    super(claims, images, effectors, events, threads);
    this.claims = claims;
  }

  @Override
  protected List<String> unneeded(SyncControl sync) {
    return claims.unneeded(sync);
  }

  @Override
  protected Map<String, List<ControllerRevision>> orphaned(SyncControl sync) {
    return claims.orphaned(sync);
  }

  @Override
  protected String serviceAccount(SyncControlSpec pinned) {
    return pinned.serviceAccountName();
  }
}
