package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** When a trigger last started a run. */
public record TriggerStatus(
    @JsonPropertyDescription("Name of the trigger.") String name,
    @JsonPropertyDescription("When it last started a run.") Instant startedAt,
    @JsonPropertyDescription("With a schedule: when it is due next.") Instant next) {}
