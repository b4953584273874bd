package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** What became of one action. */
@RecordBuilder
public record ActionStatus(
    @JsonPropertyDescription("Name of the action.") String name,
    @JsonPropertyDescription("Absent while the action is under way.") Outcome outcome,
    @JsonPropertyDescription("How many effects were sent.") Integer effects,
    @JsonPropertyDescription("How many of them were sent before a human last answered Retry.")
        Integer effectsBefore,
    @JsonPropertyDescription("How many of them were refused because a target had just changed.")
        Integer conflicts,
    @JsonPropertyDescription("How many targets were changed.") Integer changed,
    @JsonPropertyDescription("What happened, in a sentence.") String message,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription("When its outcome was known.") Instant endedAt)
    implements ActionStatusBuilder.With {

  /** How an action ended. */
  public enum Outcome {
    /** The effect was observed. */
    Succeeded,
    /** A verdict: it cannot be done. */
    Failed,
    /** Sent, but its effect did not show in time. */
    NotObserved
  }
}
