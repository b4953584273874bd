package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** What a gate with {@code use: Evidence} saw at one moment of a run. */
public record Evidence(
    @JsonPropertyDescription("Name of the gate.") String gate,
    @JsonPropertyDescription("Start or End.") Moment at,
    @JsonPropertyDescription("When it was recorded.") Instant time,
    @JsonPropertyDescription("What was seen, shortened and redacted.") String seen) {

  /** When evidence is taken. */
  public enum Moment {
    Start,
    End
  }
}
