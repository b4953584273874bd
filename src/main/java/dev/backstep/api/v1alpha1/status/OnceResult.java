package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What a gate said that is measured once for each level. */
public record OnceResult(
    @JsonPropertyDescription("Name of the gate.") String gate,
    @JsonPropertyDescription("True: green.") Boolean green,
    @JsonPropertyDescription("What was seen.") String message) {}
