package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.resource.PerObjectState;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Forgets plans that are gone. A plan whose finalizer was taken off by force is never cleaned up,
 * and the SDK tells no reconciler that it was deleted; so now and then it looks which plans still
 * exist.
 */
@ApplicationScoped
public class Memories {
  private static final Duration PACE = Duration.ofMinutes(1);

  private final List<PerObjectState> states;
  private final PlanCache plans;
  private final Clock clock;
  private final Map<ResourceID, String> seen = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> looked = new AtomicReference<>(Instant.MIN);

  public Memories(@All List<PerObjectState> states, PlanCache plans, Clock clock) {
    this.states = states;
    this.plans = plans;
    this.clock = clock;
  }

  /** A plan is worked on, and something will be remembered of it. */
  void seen(RollbackPlan plan) {
    var uid = plan.getMetadata().getUid();
    var before = seen.put(ResourceID.fromResource(plan), uid);
    if (before != null && !before.equals(uid)) {
      // Deleted by force and created again: nobody may go on for the one that is gone.
      forget(before);
    }
    var last = looked.get();
    var now = clock.instant();
    if ((last.equals(Instant.MIN) || !now.isBefore(last.plus(PACE)))
        && looked.compareAndSet(last, now)) {
      sweep();
    }
  }

  private void sweep() {
    seen.forEach(
        (id, uid) -> {
          if (plans.byName(id).filter(it -> uid.equals(it.getMetadata().getUid())).isEmpty()) {
            forget(uid);
          }
        });
  }

  /** Forgets everything about a plan. */
  void forget(String uid) {
    seen.values().remove(uid);
    states.forEach(state -> state.forget(uid));
  }
}
