package dev.backstep.dbrestore.claim;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.DbRestoreSpec;
import dev.backstep.claim.Pruning;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Drops the records of restores that are gone. */
@Singleton
public class RestorePruning extends Pruning<DbRestoreSpec, DbRestore> {
  @Inject
  public RestorePruning(RestoreClaims claims, Images images, Effectors effectors, Events events) {
    this(claims, images, effectors, events, Executors.newScheduledThreadPool(AT_ONCE));
  }

  /** With threads of the caller's choice. */
  public RestorePruning(
      RestoreClaims claims,
      Images images,
      Effectors effectors,
      Events events,
      ScheduledExecutorService threads) {
    super(claims, DbRestoreSpec::serviceAccountName, images, effectors, events, threads);
  }
}
