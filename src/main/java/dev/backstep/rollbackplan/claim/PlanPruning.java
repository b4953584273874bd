package dev.backstep.rollbackplan.claim;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.RollbackPlanSpec;
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

/** Drops the records of plans' runs. */
@Singleton
public class PlanPruning extends Pruning<RollbackPlanSpec, RollbackPlan> {
  private final PlanClaims claims;

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
    super(claims, images, effectors, events, threads);
    this.claims = claims;
  }

  @Override
  protected List<String> unneeded(RollbackPlan plan) {
    return claims.unneeded(plan);
  }

  @Override
  protected Map<String, List<ControllerRevision>> orphaned(RollbackPlan plan) {
    return claims.orphaned(plan);
  }

  @Override
  protected String serviceAccount(RollbackPlanSpec pinned) {
    return pinned.serviceAccountName();
  }
}
