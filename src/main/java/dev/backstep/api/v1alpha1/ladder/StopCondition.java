package dev.backstep.api.v1alpha1.ladder;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import dev.backstep.api.v1alpha1.value.Patterns;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Something that makes a run ask before it goes on, whatever the levels say. */
@SchemaCustomizer(value = ExactlyOne.class, input = "after,before")
public record StopCondition(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the plan.")
        String name,
    @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Name of a level: looked at when that level did not heal.")
        String after,
    @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Name of a level: looked at before that level acts.")
        String before,
    @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription(
            "CEL, true: stop and ask. Sees gates['name'] ('Healthy', 'Unhealthy' or 'Inconclusive', measured at that moment), reason, cause, symptom, and args['name'].")
        String when,
    @Required @Size(min = 1, max = 500) @JsonPropertyDescription("Said with the question.")
        String message) {}
