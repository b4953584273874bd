package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;

/** An approval under which a level of the run acted; it does not let anything act again. */
public record UsedApproval(
    @JsonPropertyDescription("metadata.uid of the Approval.") String uid,
    @JsonPropertyDescription("Who agreed.") String user,
    @JsonPropertyDescription("The level that acted.") String level,
    @JsonPropertyDescription("Hash of what was agreed to.") String hash,
    @JsonPropertyDescription("When the level's first effect was recorded.") Instant consumedAt) {}
