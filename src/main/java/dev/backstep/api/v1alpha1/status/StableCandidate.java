package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;

/** A state that is healthy now and becomes stable when it stays so for the soak. */
@RecordBuilder
public record StableCandidate(
    @JsonPropertyDescription("Name that the stable revision will have: a hash of its content.")
        String name,
    @JsonPropertyDescription("Healthy and unchanged since.") Instant since,
    @JsonPropertyDescription("Why it cannot be remembered; absent: it can.") String problem)
    implements StableCandidateBuilder.With {}
