package dev.backstep.api.v1alpha1.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Whether one level of the plan could be carried out now. */
public record LevelReadiness(
    @JsonPropertyDescription("Name of the level.") String name,
    @JsonPropertyDescription("True when nothing is known that would keep it from working.")
        Boolean executable,
    @JsonPropertyDescription(
            "True when one of its actions removes data that Backstep cannot put back.")
        Boolean destroys,
    @JsonPropertyDescription("What is wrong, in one word.") String reason,
    @JsonPropertyDescription("What is wrong, and what to do about it.") String message) {}
