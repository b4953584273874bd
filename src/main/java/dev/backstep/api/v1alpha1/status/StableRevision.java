package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** A state that was proven good. */
public record StableRevision(
    @JsonPropertyDescription("ControllerRevision that holds the templates and ConfigMaps.")
        String name,
    @JsonPropertyDescription("When the soak was over.") Instant provenAt,
    @JsonPropertyDescription("The images in it, for the reader.") String summary) {}
