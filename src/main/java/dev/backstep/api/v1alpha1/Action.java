package dev.backstep.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.backstep.api.v1alpha1.schema.ExactlyOne;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One measure of a level: exactly one key beside the name says which. */
@SchemaCustomizer(ExactlyOne.class)
@ValidationRule(
    value =
        "duration(self.timeout) >= duration('10s') && duration(self.timeout) <= duration('24h')",
    fieldPath = ".timeout",
    message = "timeout must be between 10s and 24h")
public record Action(
    @Required
        @Size(min = 1, max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("Unique in the plan.")
        String name,
    @Default("10m")
        @Size(max = 8)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
            "Limit until the effect is observed, 10s to 24h; applied but not observed by then counts"
                + " as unhealthy.")
        String timeout,
    @JsonPropertyDescription(
            "Repair: puts an earlier pod template (and its ConfigMaps) or earlier images back.")
        RollBack rollBack,
    @JsonPropertyDescription("Repair: replaces all pods, as kubectl rollout restart does.")
        Restart restart,
    @JsonPropertyDescription(
            "Hold: sets the number of replicas; the earlier number comes back with state: Released.")
        Scale scale) {}
