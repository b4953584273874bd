package dev.backstep.rollbackplan;

import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.cluster.Annotations;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/**
 * Which updates of a plan are looked at: what the SDK itself lets through (another generation, a
 * deletion, the finalizer), and a human's wish for a new look. The operator's own writes of the
 * status are none of them.
 */
public class RelevantUpdates implements OnUpdateFilter<RollbackPlan> {
  @Override
  public boolean accept(RollbackPlan now, RollbackPlan before) {
    return now.isMarkedForDeletion()
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(now.getMetadata().getFinalizers(), before.getMetadata().getFinalizers())
        || !Objects.equals(requested(now), requested(before));
  }

  private static String requested(RollbackPlan plan) {
    return Annotations.of(plan).get(Annotations.REQUESTED_AT);
  }
}
