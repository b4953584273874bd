package dev.backstep.action;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.api.v1alpha1.status.StableRevision;
import dev.backstep.runbook.ItemAnswers;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What only the run of a plan knows; an action that is not part of a plan is without.
 *
 * @param stable what was proven good, newest first
 * @param troubleSince when the trouble began; null: unknown
 * @param schema how it is asked which schema goes with what was proven good; empty: it is not
 * @param answers what humans answered to the items of the run
 * @param drill true: what is done is put back at the end, and nothing that people work with may be
 *     replaced
 * @param drillWithin how old the last good drill of a restore may be; empty: nobody cares
 * @param drilledAt when a drill of the plan last did the action well; empty: none did
 */
@RecordBuilder
public record PlanFacts(
    List<StableRevision> stable,
    Instant troubleSince,
    Optional<SchemaQuery> schema,
    ItemAnswers answers,
    boolean drill,
    Optional<Duration> drillWithin,
    Optional<Instant> drilledAt)
    implements PlanFactsBuilder.With {
  /** There is no plan, or it knows nothing. */
  public static final PlanFacts NONE =
      new PlanFacts(
          List.of(),
          null,
          Optional.empty(),
          ItemAnswers.NONE,
          false,
          Optional.empty(),
          Optional.empty());
}
