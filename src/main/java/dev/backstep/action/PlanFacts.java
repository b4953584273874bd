package dev.backstep.action;

import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.runbook.ItemAnswers;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/**
 * What only the run of a plan knows; an action that is not part of a plan is without.
 *
 * @param stable what was proven good, newest first
 * @param troubleSince when the trouble began; null: unknown
 * @param answers what humans answered to the items of the run
 */
@RecordBuilder
public record PlanFacts(List<StableRevision> stable, Instant troubleSince, ItemAnswers answers)
    implements PlanFactsBuilder.With {
  /** There is no plan, or it knows nothing. */
  public static final PlanFacts NONE = new PlanFacts(List.of(), null, ItemAnswers.NONE);
}
