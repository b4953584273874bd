package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** The last time that a drill did an action, and it went well. */
public record DrillStatus(
    @JsonPropertyDescription("Name of the action.") String action,
    @JsonPropertyDescription("Id of the run.") String run,
    @JsonPropertyDescription("When it was done.") Instant at,
    @JsonPropertyDescription(
            "How long it took, such as 4 min 12 s: of a restore, until its data was proven (RTO).")
        String took,
    @JsonPropertyDescription(
            "What was found, in a sentence: of a restore, also how old its data was (RPO).")
        String message) {}
