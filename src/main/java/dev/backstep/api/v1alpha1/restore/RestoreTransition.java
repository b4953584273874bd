package dev.backstep.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.JournalEntry;
import java.time.Instant;

/** One step of a restore, as the journal keeps it. */
public record RestoreTransition(
    @JsonPropertyDescription("Name of the DbRestore.") String run,
    @JsonPropertyDescription("Claim of the restore.") String claim,
    @JsonPropertyDescription("status.seq of the write that made this step.") Long seq,
    @JsonPropertyDescription("When.") Instant at,
    @JsonPropertyDescription("Where the restore stood after it.") RestorePhase phase,
    @JsonPropertyDescription("Why, in one word.") String reason,
    @JsonPropertyDescription("What happened, in a sentence.") String message)
    implements JournalEntry {

  @Override
  public String stage() {
    return null;
  }

  @Override
  public String action() {
    return null;
  }
}
