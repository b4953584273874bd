package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/**
 * What a gate saw at one moment of a run: one with {@code use: Evidence}, or one that compares with
 * what it saw at the start.
 */
public record Evidence(
    @JsonPropertyDescription("Name of the gate.") String gate,
    @JsonPropertyDescription("Start or End.") Moment at,
    @JsonPropertyDescription("When it was recorded.") Instant time,
    @JsonPropertyDescription("What was seen, shortened and redacted.") String seen,
    @JsonPropertyDescription(
            "What was measured, where it is a number, true or false; a text is not kept.")
        String value) {

  /** When evidence is taken. */
  public enum Moment {
    Start,
    End
  }
}
