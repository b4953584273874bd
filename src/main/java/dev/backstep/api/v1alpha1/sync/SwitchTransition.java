package dev.backstep.api.v1alpha1.sync;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.JournalEntry;
import java.time.Instant;

/** One step of a switch, as the journal keeps it. */
public record SwitchTransition(
    @JsonPropertyDescription("The episode, such as off-3.") String run,
    @JsonPropertyDescription("Claim of the episode.") String claim,
    @JsonPropertyDescription("status.seq after this step.") Long seq,
    @JsonPropertyDescription("When.") Instant at,
    @JsonPropertyDescription("Where the switch stood after it.") SwitchState phase,
    @JsonPropertyDescription("The means it is about.") String action,
    @JsonPropertyDescription("Why, in one word.") String reason,
    @JsonPropertyDescription("What happened, in a sentence.") String message)
    implements JournalEntry {

  @Override
  public String stage() {
    return null;
  }
}
