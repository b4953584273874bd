package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Wakes a plan when something that no watch reports has ended: an effect, a measurement, a write.
 */
@ApplicationScoped
public class Wakeups {
  private final SimpleInboundEventSource<RollbackPlan> source =
      new SimpleInboundEventSource<>("wakeups");

  SimpleInboundEventSource<RollbackPlan> eventSource() {
    return source;
  }

  /** What wakes this plan. */
  Runnable of(RollbackPlan plan) {
    var id = ResourceID.fromResource(plan);
    return () -> source.propagateEvent(id);
  }
}
