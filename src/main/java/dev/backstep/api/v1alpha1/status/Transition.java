package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.JournalEntry;
import java.time.Instant;

/** One step of a run, as the journal keeps it. */
public record Transition(
    @JsonPropertyDescription("Id of the run.") String run,
    @JsonPropertyDescription("Claim of the run.") String claim,
    @JsonPropertyDescription("status.run.seq of the write that made this step.") Long seq,
    @JsonPropertyDescription("When.") Instant at,
    @JsonPropertyDescription("The phase after it.") Phase phase,
    @JsonPropertyDescription("The level it happened on.") String level,
    @JsonPropertyDescription("The action it is about.") String action,
    @JsonPropertyDescription("Why, in one word.") String reason,
    @JsonPropertyDescription("What happened, in a sentence.") String message)
    implements JournalEntry {

  @Override
  public String stage() {
    return level;
  }
}
