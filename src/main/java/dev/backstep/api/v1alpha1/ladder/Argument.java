package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A value that a run may fill in without editing the plan: {@code $(args.name)}. */
public record Argument(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.ARGUMENT)
        @JsonPropertyDescription("Unique in the plan; used as $(args.name).")
        String name,
    @Size(max = 300) @JsonPropertyDescription("What to fill in, for whoever starts a run.")
        String description,
    @Size(min = 1, max = 200)
        @JsonProperty("default")
        @JsonPropertyDescription(
            "Used when the run does not say. Absent: the run must give it, if one of its levels uses it.")
        String defaultValue,
    @Size(min = 1, max = 200)
        @JsonPropertyDescription(
            "RE2 that the whole value must match; absent: letters, digits and . _ : / -")
        String pattern) {}
