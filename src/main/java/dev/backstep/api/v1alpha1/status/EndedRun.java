package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** A run that ended, in short. */
public record EndedRun(
    @JsonPropertyDescription("Id of the run.") String id,
    @JsonPropertyDescription("How it ended.") Phase phase,
    @JsonPropertyDescription("Why, in one word.") String reason,
    @JsonPropertyDescription("The level it ended on.") String level,
    @JsonPropertyDescription("When it began.") Instant startedAt,
    @JsonPropertyDescription("When it ended.") Instant endedAt) {}
