package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.status.ActionStatus;
import dev.backstep.api.v1alpha1.status.ApprovalStatus;
import dev.backstep.api.v1alpha1.status.Hold;
import dev.backstep.api.v1alpha1.status.Intent;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** What became of a restore. */
@RecordBuilder
public record RestoreRun(
    @JsonPropertyDescription("ControllerRevision that has the DbRestore as it was when it began.")
        String claim,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription("When it ended; absent: it goes on.") Instant endedAt,
    @JsonPropertyDescription("Since when it is in its phase.") Instant phaseSince,
    @JsonPropertyDescription("How it will end, once everything is given back: Failed or Aborted.")
        RestorePhase ending,
    @JsonPropertyDescription("Why it ends so, in one word.") String endingReason,
    @JsonPropertyDescription("Why it ends so, in a sentence.") String endingMessage,
    @JsonPropertyDescription("The approval that it wants, or got.") ApprovalStatus approval,
    @JsonPropertyDescription("What was sent, with the outcome.") ActionStatus done,
    @JsonPropertyDescription("What is being sent just now, written down before it is.")
        Intent intent,
    @JsonPropertyDescription("Who is kept off the database.") List<Hold> holds,
    @JsonPropertyDescription("When the live data was about to be replaced; absent: it was not.")
        Instant replacedAt,
    @JsonPropertyDescription("Until when the data from before is kept, so that it can be undone.")
        Instant keptUntil)
    implements RestoreRunBuilder.With {

  /** {@code keptUntil} of data from before that nobody drops but people. */
  public static final Instant ALWAYS = Instant.parse("9999-12-31T23:59:59Z");

  /** Lists are never null. */
  public RestoreRun {
    holds = holds == null ? List.of() : holds;
  }

  /** True until it ended. */
  public boolean open() {
    return endedAt == null;
  }
}
