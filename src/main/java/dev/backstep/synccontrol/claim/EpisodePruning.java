package dev.backstep.synccontrol.claim;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlSpec;
import dev.backstep.claim.Pruning;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Drops the records of episodes that nobody needs. */
@Singleton
public class EpisodePruning extends Pruning<SyncControlSpec, SyncControl> {
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
    super(claims, SyncControlSpec::serviceAccountName, images, effectors, events, threads);
  }
}
