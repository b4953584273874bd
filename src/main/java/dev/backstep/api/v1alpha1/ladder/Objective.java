package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A promise about one severity. Missing it is said and recorded, and never changes the course. */
public record Objective(
    @Required @JsonPropertyDescription("Severity of the run's symptom.") Severity severity,
    @Size(max = 300) @JsonPropertyDescription("The promise in words.") String description,
    @Required
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription("From run.since (else the start of the run) to the first effect.")
        String respondWithin,
    @Required
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "From run.since (else the start of the run) to the gates being healthy.")
        String mitigateWithin) {}
