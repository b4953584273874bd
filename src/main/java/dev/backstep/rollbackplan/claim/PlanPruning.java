package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
import dev.backstep.claim.Pruning;
import dev.backstep.effect.Effectors;
import dev.backstep.effect.Images;
import dev.backstep.event.Events;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Drops the records of plans' runs. */
@Singleton
public class PlanPruning extends Pruning<RollbackPlanSpec, RollbackPlan> {
  @Inject
  public PlanPruning(PlanClaims claims, Images images, Effectors effectors, Events events) {
    this(claims, images, effectors, events, Executors.newScheduledThreadPool(AT_ONCE));
  }

  /** With threads of the caller's choice. */
  public PlanPruning(
      PlanClaims claims,
      Images images,
      Effectors effectors,
      Events events,
      ScheduledExecutorService threads) {
    super(claims, RollbackPlanSpec::serviceAccountName, images, effectors, events, threads);
  }
}
